using Tandem.Device.Tests.Models;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Tests;

public class DeviceModelSuccessorTests
{
    [Fact]
    public void Counts_are_read_where_the_manifest_says_how_they_join()
    {
        var model = Counted.Load(new());
        Assert.Equal(Counted.Join, model.Successors!.Join);
        Assert.Equal(Counted.Table().Pairs, model.Successors.Table.Pairs);
    }

    [Fact]
    public void Their_tensors_alone_mean_nothing()
    {
        var model = Counted.Opened(new() { Counts = Counted.Table().Write });
        Assert.Null(model.Successors);
        Assert.Null(Counted.Opened(new() { Counts = writer => writer.Add("successors.ends", [1f], 1) }).Successors);
    }

    [Fact]
    public void A_manifest_that_promises_counts_which_are_not_there_is_refused()
    {
        Assert.False(DeviceModel.TryLoad(new TinyBundle { Join = Counted.Join }.Open(), out var model, out var fault));
        Assert.Null(model);
        Assert.Contains("'successors.ends'", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("successors.items", "'successors.items'")]
    [InlineData("successors.codes", "'successors.codes'")]
    [InlineData("successors.scales", "'successors.scales'")]
    public void A_missing_tensor_of_theirs_is_refused_by_name(string without, string named) =>
        AssertRefused(Written(without: without), named);

    [Fact]
    public void Tensors_that_lie_are_refused()
    {
        AssertRefused(Written(ends: [0, .. Enumerable.Repeat(2_000_000_000, 40)]), "row 1 ends at pair 2000000000, expected 0 to 1");
        AssertRefused(Written(items: [41]), "item 1 is followed by item 41, expected 1 to 40");
        AssertRefused(Written(codes: [0]), "code 0, expected 1 to 255");
        AssertRefused(Written(scale: float.NaN), "the scale of item 1 is NaN");
        AssertRefused(Written(ends: [0, 1]), "has shape [2], expected [41]");
        AssertRefused(Written(scale: 1, items: [1, 2], codes: [1]), "'successors.items' has shape [2], expected [1]");
        Counted.Opened(Written());
    }

    [Fact]
    public void A_table_of_another_catalogue_is_refused() =>
        AssertRefused(
            new() { Join = Counted.Join, Counts = Counted.Table(items: 41).Write }, "'successors.ends' has shape [42], expected [41]");

    [Fact]
    public void The_greatest_numbers_that_are_allowed_give_finite_scores()
    {
        foreach (var shares in new[] { false, true })
        {
            var join = new SuccessorJoin { Recent = 1_000, RecencyDecay = 1, Shares = shares, Weight = 1_000, Offset = 1e-6 };
            var bundle = Written(scale: SuccessorTable.GreatestScale, codes: [255]);
            bundle.Join = join;
            var session = new DeviceSession(Counted.Opened(bundle), new());
            for (var i = 0; i < 1_100; i++) session.Observe(1);
            Assert.All(session.Recommend(40), best => Assert.True(float.IsFinite(best.DeviceScore)));
            Assert.All(Counted.Scores(session), score => Assert.True(float.IsFinite(score)));
        }
    }

    /// <summary>One pair, 1 → 2, or what is given.</summary>
    private static TinyBundle Written(int[]? ends = null, int[]? items = null, byte[]? codes = null, float scale = 1,
        string without = "") => new()
        {
            Join = Counted.Join,
            Counts = writer =>
            {
                Add(writer, "successors.ends", ends ?? [0, .. Enumerable.Repeat(1, 40)]);
                Add(writer, "successors.items", items ?? [2]);
                Add(writer, "successors.codes", codes ?? [255]);
                Add(writer, "successors.scales", [0f, .. Enumerable.Repeat(scale, 40)]);

                void Add<T>(SafetensorsWriter writer, string name, T[] values)
                    where T : unmanaged
                {
                    if (name != without) writer.Add(name, values, values.Length);
                }
            },
        };

    private static void AssertRefused(TinyBundle bundle, string named)
    {
        Assert.False(DeviceModel.TryLoad(bundle.Open(), out var model, out var fault));
        Assert.Null(model);
        Assert.Contains(named, fault, StringComparison.Ordinal);
    }
}
