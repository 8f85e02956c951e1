using Tandem.Data.Metrics;

namespace Tandem.Data.Tests.Metrics;

public class RankingTests
{
    private static readonly float[] _scores = [0.5f, 0.9f, 0.5f, 0.1f, 0.5f];

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(0, 4, 3)]
    [InlineData(2, 4, 3)]
    [InlineData(3, 5, 5)]
    public void Ties_count_by_the_rule(int target, double pessimistic, double half)
    {
        Assert.Equal(pessimistic, Ranking.Rank(_scores, target));
        Assert.Equal(half, Ranking.Rank(_scores, target, TieRule.Half));
    }

    [Fact]
    public void Equal_scores_gain_nothing() => Assert.Equal(1000, Ranking.Rank(new float[1000], 17));

    [Fact]
    public void Items_set_to_negative_infinity_are_out() =>
        Assert.Equal(1, Ranking.Rank([float.NegativeInfinity, 0, float.NegativeInfinity], 1));

    [Fact]
    public void A_score_that_is_NaN_counts_as_above() => Assert.Equal(3, Ranking.Rank([float.NaN, 1, 0, float.NaN], 1));

    [Theory]
    [InlineData(TieRule.Pessimistic)]
    [InlineData(TieRule.Half)]
    public void A_target_that_no_list_can_hold_has_no_place_however_short_the_catalogue(TieRule ties)
    {
        Assert.Equal(double.PositiveInfinity, Ranking.Rank([float.NaN, 1, float.NegativeInfinity], 0, ties));
        Assert.Equal(double.PositiveInfinity, Ranking.Rank([float.NaN, 1, float.NegativeInfinity], 2, ties));
        Assert.Equal(double.PositiveInfinity, Ranking.Rank([float.NaN, float.NaN], 0, ties));
        Assert.Equal(double.PositiveInfinity, Ranking.RankAmong([float.NegativeInfinity, 1, float.NegativeInfinity], 2, [1]));
    }

    [Theory]
    [InlineData(TieRule.Pessimistic)]
    [InlineData(TieRule.Half)]
    public void Every_length_gives_the_rank_of_a_plain_loop(TieRule ties)
    {
        var random = new Random(7);
        for (var length = 1; length <= 100; length++)
        {
            // Few values, so that ties are common; some NaN and infinities.
            var scores = Enumerable.Range(0, length).Select(_ => random.Next(6) switch
            {
                0 => float.NaN,
                1 => float.NegativeInfinity,
                var value => (float)value,
            }).ToArray();
            var target = random.Next(length);
            if (!(scores[target] > float.NegativeInfinity)) scores[target] = 3;
            var above = scores.Count(score => score > scores[target] || float.IsNaN(score));
            var tied = scores.Count(score => score == scores[target]) - 1;
            Assert.Equal(1 + above + (ties == TieRule.Half ? tied / 2.0 : tied), Ranking.Rank(scores, target, ties));
        }
    }
}
