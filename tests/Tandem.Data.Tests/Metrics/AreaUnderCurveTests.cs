using CsCheck;
using Tandem.Data.Metrics;

namespace Tandem.Data.Tests.Metrics;

public class AreaUnderCurveTests
{
    [Fact]
    public void Pairs_worked_by_hand()
    {
        // Relevant .8 and .4; others .6, .4 and .1: .8 beats three, .4 beats one and ties with one.
        float[] scores = [0.8f, 0.6f, 0.4f, 0.4f, 0.1f];
        bool[] relevant = [true, false, true, false, false];
        Assert.Equal(4 / 6.0, AreaUnderCurve.Of(scores, relevant), 1e-15);
        Assert.Equal(4.5 / 6, AreaUnderCurve.Of(scores, relevant, TieRule.Half), 1e-15);
    }

    [Fact]
    public void A_constant_scorer_gains_nothing_or_half()
    {
        bool[] relevant = [true, false, false, true];
        Assert.Equal(0, AreaUnderCurve.Of(new float[4], relevant));
        Assert.Equal(0.5, AreaUnderCurve.Of(new float[4], relevant, TieRule.Half));
    }

    [Theory]
    [InlineData(TieRule.Pessimistic)]
    [InlineData(TieRule.Half)]
    public void Every_pair_is_counted(TieRule ties) => RandomScores.Cases.Sample(test => Assert.Equal(
        RandomScores.ShareOfPairs(test.Scores, test.Relevant, ties), AreaUnderCurve.Of(test.Scores, test.Relevant, ties), 1e-12));

    [Theory]
    [InlineData(TieRule.Pessimistic)]
    [InlineData(TieRule.Half)]
    public void NaN_never_flatters(TieRule ties)
    {
        Assert.Equal(0, AreaUnderCurve.Of([float.NaN, 1, 2], [true, false, false], ties));
        Assert.Equal(0.5, AreaUnderCurve.Of([3, float.NaN, 2], [true, false, false], ties));
        Assert.Equal(0, AreaUnderCurve.Of([float.NaN, float.NaN], [true, false], ties));
    }

    [Fact]
    public void Pooled_scores_must_compare_across_users()
    {
        // Each user's own order is right, but the second user's scores lie far below the first's.
        Assert.Equal(0.75, AreaUnderCurve.Of([9, 8, 2, 1], [true, false, true, false]));
    }

    [Fact]
    public void Items_that_make_no_pair_are_refused()
    {
        Assert.Throws<ArgumentException>(() => AreaUnderCurve.Of([1, 2], [true, true]));
        Assert.Throws<ArgumentException>(() => AreaUnderCurve.Of([1, 2], [false, false]));
        Assert.Throws<ArgumentException>(() => AreaUnderCurve.Of([1, 2], [true]));
    }
}
