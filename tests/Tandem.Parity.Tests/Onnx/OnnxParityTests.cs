using Tandem.Learning.Backbones;
using Tandem.Tests;

namespace Tandem.Parity.Tests.Onnx;

/// <summary>An exported sequence model, run by ONNX Runtime, is the model that Torch trained: same state, same scores.</summary>
public class OnnxParityTests
{
    private const int Window = 9;

    public static TheoryData<string> Names => [.. _shapes.Keys];

    /// <summary>Every kind, with heads, layers and widths that are no multiple of a vector.</summary>
    private static readonly SortedDictionary<string, BackboneOptions> _shapes = new(StringComparer.Ordinal)
    {
        ["sasrec"] = new SasRecOptions { Width = 16, Window = Window },
        ["sasrec, odd width, 3 heads, 2 blocks"] = new SasRecOptions { Width = 27, Blocks = 2, Heads = 3, Window = Window },
        ["sasrec, gelu, wide, 3 blocks"] = new SasRecOptions
        {
            Width = 16,
            Blocks = 3,
            Heads = 2,
            Window = Window,
            FeedForwardMultiple = 3,
            Activation = FeedForwardActivation.Gelu,
        },
        ["sasrec, ligr"] = new SasRecOptions { Width = 13, Window = Window, Block = SasRecBlockKind.Ligr },
        ["sasrec, ligr, wide, 4 heads, 2 blocks"] = new SasRecOptions
        {
            Width = 16,
            Blocks = 2,
            Heads = 4,
            Window = Window,
            Block = SasRecBlockKind.Ligr,
            FeedForwardMultiple = 4,
        },
        ["gru4rec"] = new Gru4RecOptions { Width = 16, Window = Window },
        ["gru4rec, odd width, 3 layers"] = new Gru4RecOptions { Width = 13, Layers = 3, Window = Window },
        ["gru4rec, hidden wider, 2 layers"] = new Gru4RecOptions { Width = 12, Hidden = 19, Layers = 2, Window = Window },
        ["hstu"] = new HstuOptions { Width = 16, Window = Window },
        ["hstu, 1 block, odd widths"] = new HstuOptions { Width = 13, Blocks = 1, AttentionWidth = 7, LinearWidth = 5, Window = Window },
        ["hstu, 3 heads, 3 blocks"] = new HstuOptions
        {
            Width = 12,
            Blocks = 3,
            Heads = 3,
            AttentionWidth = 8,
            LinearWidth = 6,
            Window = Window,
        },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void State_and_scores_are_those_of_Torch(string name)
    {
        using var pair = new OnnxPair(_shapes[name]);
        foreach (var length in new[] { 1, 2, 5, Window }) AssertAgree(pair, length);
    }

    [Theory]
    [InlineData("sasrec")]
    [InlineData("gru4rec, hidden wider, 2 layers")]
    [InlineData("hstu, 3 heads, 3 blocks")]
    public void Normalized_models_score_by_cosines(string name)
    {
        using var pair = new OnnxPair(_shapes[name], normalized: true);
        foreach (var length in new[] { 1, 2, Window }) AssertAgree(pair, length);
        var state = pair.Onnx.Run([1, 2], [3])["state"];
        Assert.Equal(1, state.Sum(x => x * x), 1e-5);
    }

    [Theory]
    [InlineData("hstu")]
    [InlineData("hstu, 1 block, odd widths")]
    [InlineData("hstu, 3 heads, 3 blocks")]
    public void Times_play_the_part_that_they_play_in_Torch(string name)
    {
        using var pair = new OnnxPair(_shapes[name], times: true);
        foreach (var length in new[] { 1, 2, 5, Window }) AssertAgree(pair, length, Times.Draw(length));
        long[] history = [1, 2, 3], near = [1_700_000_000, 1_700_000_001, 1_700_000_002], far = [0, 1_000_000_000, 1_700_000_000];
        Assert.NotEqual(pair.Onnx.Run(history, [4], near)["scores"], pair.Onnx.Run(history, [4], far)["scores"]);
    }

    [Fact]
    public void Times_beyond_the_last_bucket_fall_in_it()
    {
        using var pair = new OnnxPair(new HstuOptions { Width = 12, Window = Window, TimeBuckets = 4 }, times: true);
        AssertAgree(pair, Window, Times.Draw(Window));
    }

    [Fact]
    public void Attention_that_falls_on_a_single_event_agrees()
    {
        using var pair = new OnnxPair(new SasRecOptions { Width = 64, Blocks = 2, Window = Window }, sharpen: 8);
        AssertAgree(pair, Window);
    }

    private static void AssertAgree(OnnxPair pair, int length, long[]? times = null)
    {
        var (history, candidates) = (Ids.Draw(length, seed: length), Ids.Draw(17, seed: 1000 + length));
        var (state, scores) = pair.Torch(history, candidates, times);
        var outputs = pair.Onnx.Run(history, candidates, times);
        Close.Row(state, outputs["state"], OnnxRuntimeModel.Tolerance);
        Close.Row(scores, outputs["scores"], OnnxRuntimeModel.Tolerance);
        Assert.True(scores.Max() - scores.Min() > 0.1, "scores that hardly differ would prove nothing");
    }
}
