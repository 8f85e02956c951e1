using Tandem.Device.Tests.Models;

namespace Tandem.Device.Tests;

public class DeviceModelTests
{
    public static TheoryData<string> TensorNames => [.. new TinyBundle().Names];

    public static TheoryData<string> BackboneTensorNames => [.. new TinyBundle().Names.Where(name => name != "items.weight")];

    [Fact]
    public void A_whole_bundle_is_loaded()
    {
        Assert.True(DeviceModel.TryLoad(new TinyBundle().Open(), out var model, out var fault), fault);
        Assert.Null(fault);
        Assert.Equal((TinyBundle.Catalog, "1", 40), (model!.CatalogVersion, model.Version, model.Shape.Items));
    }

    [Theory]
    [MemberData(nameof(BackboneTensorNames))]
    public void A_missing_tensor_is_refused_by_name(string name)
    {
        var bundle = new TinyBundle();
        bundle.Remove(name);
        AssertRefused(bundle, $"'{name}'");
    }

    [Theory]
    [MemberData(nameof(TensorNames))]
    public void A_tensor_of_another_shape_is_refused_by_name(string name)
    {
        var bundle = new TinyBundle();
        bundle.Reshape(name, 3, 5);
        AssertRefused(bundle, $"'{name}'", "[3, 5]");
    }

    [Theory]
    [InlineData("backbone.norm.weight", float.NaN)]
    [InlineData("items.weight", float.PositiveInfinity)]
    [InlineData("backbone.position", float.NegativeInfinity)]
    [InlineData("backbone.blocks.1.qkv.weight", float.NaN)]
    [InlineData("backbone.blocks.0.contract.bias", float.NaN)]
    public void A_weight_that_is_no_finite_number_is_refused(string name, float value)
    {
        var bundle = new TinyBundle();
        bundle.Set(name, place: 3, value);
        AssertRefused(bundle, $"'{name}'", "not finite");
    }

    [Fact]
    public void A_bundle_without_an_item_table_is_loaded_and_ranks_nothing_by_itself()
    {
        var bundle = new TinyBundle();
        bundle.Remove("items.weight");
        Assert.True(DeviceModel.TryLoad(bundle.Open(), out var model, out var fault), fault);
        Assert.False(model!.HoldsCatalog);
        Assert.Empty(new DeviceSession(model, new()).Recommend(10));
    }

    [Fact]
    public void Items_have_the_bundles_keys()
    {
        Assert.True(
            DeviceModel.TryLoad(new TinyBundle { Keys = TinyBundle.KeysOf("B0047560") }.Open(), out var model, out var fault), fault);
        Assert.True(model!.HoldsKeys);
        Assert.Equal((40, 17, 0), (model.Items.Count, model.Items.Find("B004756017"), model.Items.Find("b004756017")));
        Assert.Equal("B004756017", model.Items[17]);
    }

    [Fact]
    public void A_bundle_without_keys_says_so_when_it_is_asked_for_them()
    {
        var model = TinyBundle.Load();
        Assert.False(model.HoldsKeys);
        var refused = Assert.Throws<InvalidOperationException>(() => model.Items);
        Assert.Contains("model '1' holds no item keys; export it with them", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_integers_is_refused_by_name()
    {
        Assert.False(DeviceModel.TryLoad(new TinyBundle().Open("items.weight"), out _, out var fault));
        Assert.Contains("'items.weight'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void More_blocks_than_the_file_holds_are_refused()
    {
        var bundle = new TinyBundle(blocks: 1);
        bundle.Shape = bundle.Shape with { Blocks = 2 };
        AssertRefused(bundle, "backbone.blocks.1.");
    }

    [Fact]
    public void Attention_logits_beyond_the_range_of_exp_give_a_finite_state()
    {
        var bundle = new TinyBundle();
        for (var i = 0; i < 2 * 8 * 8; i++) bundle.Set("backbone.blocks.0.qkv.weight", i, i % 2 == 0 ? 100 : -90);
        Assert.True(DeviceModel.TryLoad(bundle.Open(), out var model, out var fault), fault);
        var session = new DeviceSession(model!, new());
        foreach (var item in new[] { 1, 2, 3, 4 }) session.Observe(item);
        Assert.All(session.Recommend(36), best => Assert.True(float.IsFinite(best.DeviceScore)));
    }

    private static void AssertRefused(TinyBundle bundle, params string[] named)
    {
        Assert.False(DeviceModel.TryLoad(bundle.Open(), out var model, out var fault));
        Assert.Null(model);
        foreach (var text in named) Assert.Contains(text, fault, StringComparison.Ordinal);
    }
}
