using Tandem.Data;
using Tandem.Learning.Language.Generation;

namespace Tandem.Learning.Tests.Language.Generation;

public class ListCalibrationTests
{
    [Fact]
    public void A_planted_slope_and_intercept_are_found()
    {
        var planted = new ListCalibration(0.6, 0.4);
        var (scores, right) = Draw(planted, 100_000);
        var fitted = ListCalibration.Fit(scores, right)!;
        Assert.Equal(planted.Slope, fitted.Slope, tolerance: 0.03);
        Assert.Equal(planted.Intercept, fitted.Intercept, tolerance: 0.08);
    }

    [Fact]
    public void As_many_items_are_right_as_it_says()
    {
        var (scores, right) = Draw(new(1.4, -1), 20_000);
        var fitted = ListCalibration.Fit(scores, right)!;
        Assert.Equal(right.Count(hit => hit), scores.Sum(score => Math.Exp(fitted.Of(score))), tolerance: 0.5);
    }

    [Fact]
    public void It_is_a_logarithm_of_a_chance_and_rises()
    {
        var calibration = new ListCalibration(0.3, 2);
        var chances = Enumerable.Range(0, 2000).Select(i => calibration.Of(-i / 50f)).ToArray();
        Assert.All(chances, chance => Assert.True(chance is < 0 and > -30));
        Assert.All(chances.Zip(chances.Skip(1)), pair => Assert.True(pair.First > pair.Second));
    }

    [Fact]
    public void Where_it_means_nothing_there_is_none()
    {
        Assert.Null(ListCalibration.Fit([], []));
        Assert.Null(ListCalibration.Fit([-1, -2], [false, false]));
        Assert.Null(ListCalibration.Fit([-1, -2], [true, true]));
        Assert.Null(ListCalibration.Fit([-1, -2, -3, -4], [false, true, false, true])); // the righter the less likely
    }

    private static (float[] Scores, bool[] Right) Draw(ListCalibration planted, int count)
    {
        var random = NamedSeed.Create(1, "scores");
        var scores = Enumerable.Range(0, count).Select(_ => -8 * random.NextSingle()).ToArray();
        return (scores, [.. scores.Select(score => random.NextDouble() < Math.Exp(planted.Of(score)))]);
    }
}
