using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Protocol.Bundles;
using Tandem.Tests;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Export;

public sealed class DeviceBundleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static DeviceBundleOptions Options { get; } = new() { Name = "toy", CatalogVersion = "catalogue", Items = ItemStorage.Full };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_bundle_holds_the_shape_and_every_weight()
    {
        using var model = Model();
        var bundle = Write(model, "bundle");
        Assert.Equal(
            new SasRecShape { Items = 9, Width = 12, Blocks = 2, Heads = 3, Inner = 12, Window = 7 }, bundle.Manifest.Backbone);
        Assert.Equal(("toy", "catalogue"), (bundle.Manifest.Name, bundle.Manifest.CatalogVersion));
        var weights = Values.Of(model);
        Assert.Equal(weights.Keys, bundle.Weights.Tensors.Keys.Order(weights.Comparer));
        foreach (var (name, values) in weights) Assert.Equal(values, bundle.Weights.Tensors[name].ToSingles());
    }

    [Fact]
    public void The_version_names_the_weights()
    {
        using var model = Model();
        var first = Write(model, "first").Manifest.Version;
        Assert.Equal(first, Write(model, "again").Manifest.Version);
        using (no_grad()) model.Items.Weight[3, 2].add_(tensor(0.001f), One);
        Assert.NotEqual(first, Write(model, "changed").Manifest.Version);
    }

    [Fact]
    public void A_backbone_without_a_device_runtime_is_refused_by_name()
    {
        using var model = new SequenceModel(9, new Unknown());
        var e = Assert.Throws<NotSupportedException>(() => DeviceBundle.Write(model, _folder["bundle"], Options));
        Assert.Contains("'mystery'", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["bundle"]));
    }

    [Theory]
    [InlineData(SasRecBlockKind.Ligr, FeedForwardActivation.Relu, SasRecBlockForm.Ligr)]
    [InlineData(SasRecBlockKind.PreNorm, FeedForwardActivation.Gelu, SasRecBlockForm.Gelu)]
    [InlineData(SasRecBlockKind.PreNorm, FeedForwardActivation.Relu, SasRecBlockForm.Relu)]
    public void A_manifest_says_what_the_blocks_are_made_of(SasRecBlockKind block, FeedForwardActivation activation, SasRecBlockForm form)
    {
        var options = new SasRecOptions { Width = 12, Block = block, FeedForwardMultiple = 2, Activation = activation };
        using var model = new SequenceModel(9, new SasRec(options, new Noise(1)));
        var shape = Assert.IsType<SasRecShape>(Write(model, $"{form}").Manifest.Backbone);
        Assert.Equal((form, 24), (shape.Block, shape.Inner));
    }

    [Theory]
    [InlineData(TttControl.None, TttInner.Linear, TttInnerForm.Linear, 1, false)]
    [InlineData(TttControl.None, TttInner.Mlp, TttInnerForm.Mlp, 0.1, false)]
    [InlineData(TttControl.ZeroRate, TttInner.Mlp, TttInnerForm.Mlp, 0, false)]
    [InlineData(TttControl.Frozen, TttInner.Linear, TttInnerForm.Linear, 1, true)]
    [InlineData(TttControl.LinearAttention, TttInner.Mlp, TttInnerForm.LinearAttention, 0.1, false)]
    public void A_manifest_says_how_ttt_evaluates(TttControl control, TttInner inner, TttInnerForm form, double rate, bool frozen)
    {
        var options = new TttOptions { Width = 12, Heads = 3, Control = control, Inner = inner, Decay = true, Gate = true };
        using var model = new SequenceModel(9, new Ttt4Rec(options, new Noise(1)));
        Assert.True(DeviceBundle.CanHold(model));
        Assert.Equal(
            new TttShape
            {
                Items = 9,
                Width = 12,
                Window = 50,
                Blocks = 1,
                Heads = 3,
                Inner = form,
                MiniBatch = 8,
                FeedForwardWidth = 48,
                BaseRate = rate,
                RopeBase = 1000,
                Gate = true,
                Decay = true,
                Frozen = frozen,
            },
            Write(model, $"{control} {inner}").Manifest.Backbone);
    }

    [Theory]
    [InlineData(ItemStorage.Full, "items.weight")]
    [InlineData(ItemStorage.Half, "items.weight")]
    [InlineData(ItemStorage.Quantised, "items.codes,items.scales")]
    [InlineData(ItemStorage.None, "")]
    public void Items_are_held_as_asked(ItemStorage storage, string tensors)
    {
        using var model = Model();
        DeviceBundle.Write(model, _folder["bundle"], Options with { Items = storage });
        var names = Bundle.Open(_folder["bundle"]).Weights.Tensors.Keys.Where(name => name.StartsWith("items.", StringComparison.Ordinal));
        Assert.Equal(tensors, string.Join(",", names.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Where_nobody_says_otherwise_a_sequence_models_items_are_int8_and_DINs_float32()
    {
        using var model = Model();
        using var din = new Din(9, new() { Width = 12 }, new Noise(1));
        DeviceBundle.Write(model, _folder["bundle"], Options with { Items = null });
        DeviceBundle.Write(din, _folder["din"], Options with { Items = null });
        Assert.Contains("items.codes", Bundle.Open(_folder["bundle"]).Weights.Tensors.Keys);
        Assert.Contains("items.weight", Bundle.Open(_folder["din"]).Weights.Tensors.Keys);
    }

    [Fact]
    public void What_makes_the_weights_of_users_stays_in_the_cloud()
    {
        using var model = new SequenceModel(
            9, new SasRec(new() { Width = 12, Blocks = 2 }, new Noise(1)), parameters: new() { Source = ParameterSourceKind.Duet });
        using var din = new Din(9, new() { Width = 12 }, new Noise(1), new() { Source = ParameterSourceKind.Duet });
        DeviceBundle.Write(din, _folder["din"], Options);
        Require(din, din.Parameters, Bundle.Open(_folder["din"]));
        Require(model, model.Parameters, Write(model, "bundle"));

        static void Require(nn.Module model, ParameterSource? source, Bundle bundle) => Assert.Equal(
            Values.Of(model).Keys.Except(Values.Of(source!).Keys.Select(name => $"parameters.{name}")).Order(StringComparer.Ordinal),
            bundle.Weights.Tensors.Keys.Order(StringComparer.Ordinal));
    }

    private static SequenceModel Model() => new(9, new SasRec(new() { Width = 12, Blocks = 2, Heads = 3, Window = 7 }, new Noise(1)));

    private Bundle Write(SequenceModel model, string name)
    {
        DeviceBundle.Write(model, _folder[name], Options);
        return Bundle.Open(_folder[name]);
    }

    private sealed class Unknown() : Backbone("mystery")
    {
        public override int Width => 12;

        public override int Window => 7;

        public override Tensor forward(Tensor x) => x.alias();
    }
}
