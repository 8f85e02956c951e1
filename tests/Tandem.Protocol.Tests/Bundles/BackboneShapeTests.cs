using Tandem.Protocol.Bundles;

namespace Tandem.Protocol.Tests.Bundles;

public class BackboneShapeTests
{
    private static readonly SasRecShape _large = new()
    {
        Items = 1_000_000,
        Width = 256,
        Blocks = 6,
        Heads = 8,
        Inner = 1024,
        Window = 1_000,
    };
    private static readonly Gru4RecShape _gru = new() { Items = 9, Width = 8, Layers = 1, Hidden = 8, Window = 5 };
    private static readonly HstuShape _hstu =
        new()
        {
            Items = 9,
            Width = 8,
            Blocks = 1,
            Heads = 1,
            AttentionWidth = 4,
            LinearWidth = 4,
            TimeBuckets = 8,
            UsesTimes = true,
            Window = 5,
        };
    private static readonly DinShape _din = new() { Items = 9, Width = 8, AttentionHidden = 4, Hidden = 4, LastHidden = 2, Window = 5 };
    private static readonly TttShape _ttt = new()
    {
        Items = 9,
        Width = 8,
        Blocks = 1,
        Heads = 2,
        Inner = TttInnerForm.Linear,
        MiniBatch = 4,
        FeedForwardWidth = 32,
        BaseRate = 1,
        RopeBase = 1000,
        Window = 5,
    };

    [Fact]
    public void Models_that_are_large_or_small_but_real_have_no_faults()
    {
        foreach (var shape in new BackboneShape[] { _large, _gru, _hstu, _din, _ttt }) Assert.Empty(shape.Validate());
    }

    [Fact]
    public void Every_dimension_out_of_range_is_listed()
    {
        AssertFaults(
            new SasRecShape
            {
                Items = 0,
                Width = -1,
                Blocks = 257,
                Heads = 0,
                Inner = 0,
                Window = 65_537,
                Stride = 0,
                Block = (SasRecBlockForm)9,
            },
            "items is 0", "width is -1", "window is 65537", "stride is 0", "blocks is 257", "heads is 0", "inner is 0", "block is 9");
        AssertFaults(_gru with { Layers = 0, Hidden = 8_193 }, "layers is 0", "hidden is 8193");
        AssertFaults(
            _hstu with { Blocks = 0, Heads = 0, AttentionWidth = 0, LinearWidth = 0, TimeBuckets = 0 },
            "blocks is 0", "heads is 0", "attentionWidth is 0", "linearWidth is 0", "timeBuckets is 0");
        AssertFaults(
            _din with { AttentionHidden = 0, Hidden = 0, LastHidden = 0 }, "attentionHidden is 0", "hidden is 0", "lastHidden is 0");
        AssertFaults(
            _ttt with
            {
                Blocks = 0,
                Heads = 0,
                MiniBatch = 0,
                FeedForwardWidth = 8_193,
                Inner = (TttInnerForm)7,
                BaseRate = -1,
                RopeBase = 1,
            },
            "blocks is 0", "heads is 0", "miniBatch is 0", "feedForwardWidth is 8193", "inner is 7", "baseRate is -1", "ropeBase is 1");
        AssertFaults(_ttt with { BaseRate = double.NaN, RopeBase = double.PositiveInfinity }, "baseRate is NaN", "ropeBase is Infinity");
    }

    [Fact]
    public void Heads_must_divide_the_width() =>
        Assert.Equal(
            "width 48 is not divisible by 5 heads: set heads to a divisor",
            Assert.Single((_large with { Width = 48, Heads = 5 }).Validate()));

    [Theory]
    [InlineData(6, 2)]  // 3 to a head
    [InlineData(8, 3)]
    public void Heads_of_ttt_must_have_an_even_width(int width, int heads) =>
        Assert.Equal(
            $"width {width} is not {heads} heads of an even width: set heads to a divisor of half the width",
            Assert.Single((_ttt with { Width = width, Heads = heads }).Validate()));

    [Fact]
    public void Linear_attention_has_no_surprise() =>
        AssertFaults(_ttt with { Inner = TttInnerForm.LinearAttention, Surprise = true }, "linear attention");

    [Theory]
    [InlineData(TttInnerForm.Linear, 20)]           // 4² + 4
    [InlineData(TttInnerForm.LinearAttention, 20)]
    [InlineData(TttInnerForm.Mlp, 148)]             // 2 × 4 × 16 + 16 + 4
    public void A_head_has_the_weights_of_its_inner_model(TttInnerForm inner, int weights) =>
        Assert.Equal(weights, (_ttt with { Inner = inner }).InnerWeights);

    [Fact]
    public void Ttt_lets_go_of_no_event()
    {
        foreach (var events in new[] { 0L, 5, 6, 1_000_000 }) Assert.Equal(0, _ttt.FirstSeen(events));
    }

    [Fact]
    public void Dimensions_that_are_each_possible_but_together_absurd_are_refused()
    {
        AssertFaults(_large with { Items = 100_000_000, Width = 8 }, "the embedding");
        AssertFaults(_large with { Blocks = 256, Window = 65_536 }, "the state");
        AssertFaults(_gru with { Window = 65_536, Hidden = 8_192 }, "the state");
        AssertFaults(_hstu with { Heads = 8_192, AttentionWidth = 8_192, Window = 50 }, "a layer", "the state");
        AssertFaults(_ttt with { Width = 8_192, Heads = 1, Inner = TttInnerForm.Mlp, Blocks = 2 }, "the state");
        AssertFaults(_ttt with { Width = 8_192, Heads = 1, MiniBatch = 65_536, FeedForwardWidth = 8 }, "the rotation");
    }

    [Theory]
    [InlineData(null, 3)] // a quarter of the window
    [InlineData(1, 1)]
    [InlineData(5, 5)]
    [InlineData(12, 12)]
    public void The_oldest_event_seen_moves_by_strides_and_leaves_the_window_nearly_full(int? stride, int moves)
    {
        var shape = _gru with { Window = 12, Stride = stride };
        for (var events = 0L; events < 100; events++)
        {
            var (first, seen) = (shape.FirstSeen(events), events - shape.FirstSeen(events));
            Assert.Equal(0, first % moves);
            Assert.InRange(seen, Math.Min(events, 12 - moves + 1), 12);
        }
    }

    private static void AssertFaults(BackboneShape shape, params string[] starts)
    {
        var faults = shape.Validate();
        Assert.Equal(starts.Length, faults.Count);
        Assert.All(starts, start => Assert.Contains(faults, fault => fault.StartsWith(start, StringComparison.Ordinal)));
    }
}
