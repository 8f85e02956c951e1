using Tandem.Data;
using Tandem.Learning.Collaboration;

namespace Tandem.Learning.Tests.Collaboration;

public sealed class CompositeScorerTests
{
    private const float None = float.NegativeInfinity;

    [Fact]
    public void Log_probabilities_and_standard_scores_are_added_with_their_weights()
    {
        using var composite = new CompositeScorer(
            [new("network", new GivenScores([9, 1, 2, 0, 1]), true), new("counts", new GivenScores([9, 0, 0, 4, 8]), false)],
            new() { Members = [2, 0.5] });
        var scores = Score(composite);
        var total = Math.Log(Math.E + Math.Exp(2) + 1 + Math.E);
        var deviation = Math.Sqrt((9 + 9 + 1 + 25) / 4.0);
        double[] expected = [2 * (1 - total) - 1.5 / deviation, 2 * (2 - total) - 1.5 / deviation,
            2 * (0 - total) + 0.5 / deviation, 2 * (1 - total) + 2.5 / deviation];
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], scores[i + 1], 1e-5);
    }

    [Fact]
    public void What_a_member_does_not_propose_counts_one_nat_below_its_worst()
    {
        using var composite = new CompositeScorer(
            [new("beams", new GivenScores([0, 3, None, 1, float.NaN]), true)], new() { Members = [1] });
        var scores = Score(composite);
        Assert.Equal(2, scores[1] - scores[3], 1e-6);
        Assert.Equal(1, scores[3] - scores[2], 1e-6);
        Assert.Equal(scores[2], scores[4]);
        Assert.Equal(1, scores[1..].Sum(score => Math.Exp(score)), 1e-6);
    }

    [Fact]
    public void A_member_that_knows_nothing_changes_no_order()
    {
        using var composite = new CompositeScorer(
            [new("none", new GivenScores([0, None, None, None]), true), new("same", new GivenScores([0, 5, 5, 5]), false),
                new("known", new GivenScores([0, 1, 3, 2]), false)],
            new() { Members = [1, 1, 1] });
        var scores = Score(composite);
        Assert.True(scores[2] > scores[3] && scores[3] > scores[1]);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void A_member_of_weight_0_is_not_asked()
    {
        var unused = new GivenScores([0, 1, 2]);
        using var composite = new CompositeScorer(
            [new("unused", unused, true), new("used", new GivenScores([0, 2, 1]), true)], new() { Members = [0, 1] });
        Score(composite);
        Assert.Equal(0, unused.Calls);
    }

    [Fact]
    public void A_sure_member_counts_more_for_the_histories_of_which_it_is_sure()
    {
        var sure = new GivenScores([0, 9, 0, 0], [0, 0.1f, 0, 0]);
        using var composite = new CompositeScorer(
            [new("sure", sure, true), new("other", new GivenScores([0, 0, 3, 0], [0, 0, 3, 0]), true)],
            new() { Members = [1, 1], Confidence = new(0, Steepness: 20, Threshold: 0.7) });
        var scores = new float[8];
        composite.Score([(int[])[1], (int[])[2]], scores);
        Assert.True(scores[1] > scores[2], "where it is sure, its item is first");
        Assert.True(scores[5] < scores[6], "where it is not, the other's is");
    }

    [Fact]
    public void Members_of_two_catalogues_and_weights_of_others_are_refused()
    {
        CompositeMember three = new("three", new GivenScores([0, 1, 2, 3]), true), two = new("two", new GivenScores([0, 1, 2]), true);
        Assert.Contains("'two' is of 2 items and 'three' of 3", Refusal([three, two], [1, 1]), StringComparison.Ordinal);
        Assert.Contains("1 weights for 2 members", Refusal([three, three], [1]), StringComparison.Ordinal);
        Assert.Contains("no member has a weight above 0", Refusal([three], [0]), StringComparison.Ordinal);
        Assert.Contains("not a number of at least 0", Refusal([three], [double.NaN]), StringComparison.Ordinal);
        Assert.Contains("no members", Refusal([], []), StringComparison.Ordinal);
    }

    private static string Refusal(CompositeMember[] members, double[] weights) =>
        Assert.ThrowsAny<ArgumentException>(() => new CompositeScorer(members, new() { Members = weights })).Message;

    private static float[] Score(CompositeScorer composite)
    {
        var scores = new float[composite.ItemCount + 1];
        composite.Score([new History(default, default)], scores);
        return scores;
    }
}
