using Tandem.Data;
using Tandem.Learning;
using Tandem.Learning.Codes;
using Tandem.Simulation.Personalization;

namespace Tandem.Simulation.Tests.Personalization;

public class HeldWeightsTests
{
    private static readonly float[] _numbers = [1, 0, 1.05f, 0, 2, 0, 2.1f, 0, 2.2f, 0, 9, 9];    // [6, 2]

    [Fact]
    public void Weights_are_made_after_every_so_many_events()
    {
        Assert.Equal((5, 100), Play(RefreshRule.Every(1)));
        Assert.Equal((4, 40), Play(RefreshRule.Every(2)));
        Assert.Equal((3, 20), Play(RefreshRule.Every(3)));
        Assert.Equal((0, 0), Play(RefreshRule.Every(9)));
    }

    [Fact]
    public void Weights_are_made_once_they_would_differ_enough() => Assert.Equal((5, 40), Play(RefreshRule.Drift(0.2)));

    [Fact]
    public void Weights_are_made_once_a_code_changes()
    {
        var codes = WeightCodes.Of([[1, 0, 2, 0, 9, 9], [0, 0, 0.1f, 0, 0.2f, 0]], width: 2);
        Assert.Equal((5, 40), Play(RefreshRule.Code(codes, levels: 1)));
        Assert.Equal((5, 100.0 * 5 / 5), Play(RefreshRule.Code(WeightCodes.Of([[1, 0, 1.05f, 0, 2, 0, 2.1f, 0, 2.2f, 0, 9, 9]], 2), 1)));
    }

    [Fact]
    public void Codes_stand_for_what_they_were_learned_from()
    {
        var codes = WeightCodes.Learn(_numbers, width: 2, levels: 2, size: 6, seed: 1);
        Assert.Equal(_numbers, codes.Rebuild(codes.Code(_numbers), levels: 2).Select(number => MathF.Round(number, 4)));
        Assert.Equal(6 * 2, codes.Code(_numbers).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightCodes.Learn(_numbers, 2, 1, 257, 1));
    }

    [Fact]
    public void A_share_of_a_historys_items_is_swapped_the_same_every_time_and_nothing_else()
    {
        var model = new Echo();
        History history = Enumerable.Range(1, 1_000).ToArray();
        var scores = new float[Echo.Items + 1];
        new NoisyHistories(model, share: 0.2, seed: 3).Score([history], scores);
        var first = model.Read;
        Assert.InRange(first.Zip(history.Items.ToArray()).Count(pair => pair.First != pair.Second), 150, 250);
        Assert.All(first, item => Assert.InRange(item, 1, Echo.Items));
        new NoisyHistories(model, share: 0.2, seed: 3).Score([history], scores);
        Assert.Equal(first, model.Read);
        new NoisyHistories(model, share: 0.2, seed: 4).Score([history], scores);
        Assert.NotEqual(first, model.Read);
        new NoisyHistories(model, share: 0, seed: 3).Score([history], scores);
        Assert.Equal(history.Items.ToArray(), model.Read);
    }

    private static (int Served, double Refreshes) Play(RefreshRule rule)
    {
        var held = new HeldWeights(rule);
        return (held.Choose(_numbers, events: 6), held.RefreshesPer100);
    }

    /// <summary>Keeps the last history that it was asked for.</summary>
    private sealed class Echo : IItemScorer
    {
        public const int Items = 2_000;

        public int[] Read { get; private set; } = [];

        public string Kind => "echo";

        public int ItemCount => Items;

        public void Score(ReadOnlySpan<History> histories, Span<float> scores) => Read = histories[^1].Items.ToArray();
    }
}
