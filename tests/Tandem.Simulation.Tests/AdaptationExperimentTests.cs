using Tandem.Data.Splits;
using Tandem.Device.Learning;
using Tandem.Learning.Collaboration;

namespace Tandem.Simulation.Tests;

public class AdaptationExperimentTests
{
    /// <summary>One user with a habit, one without, and one with too few events to learn from.</summary>
    private static readonly int[][] _sequences = [[1, 2, 1, 2, 1, 2, 1, 2, 1], [9, 4, 7, 5, 3, 8, 6, 2], [3, 4, 5]];

    private static readonly AdaptationOptions _options = new() { Rate = 0.05f, Steps = 30, MostMillis = 10_000 };

    [Fact]
    public void Every_user_is_asked_once_about_the_last_event()
    {
        using var world = new TinyWorld(_sequences);
        EvaluatedEvent[] events = [new(0, 3), new(0, 5), new(2, 1), new(2, 2)];
        Assert.Equal([new(0, 5), new(2, 2)], AdaptationExperiment.LastOfEach(events));
    }

    [Fact]
    public void The_figures_of_a_run_fit_together_and_repeat()
    {
        using var world = new TinyWorld(_sequences);
        var first = Run(world, _options);
        Assert.Equal(3, first.Users);
        Assert.Equal(first.NdcgAfter - first.NdcgBefore, first.Gain.Mean, 1e-12);
        Assert.InRange(first.Accepted, 1 / 3.0 - 1e-12, 2 / 3.0 + 1e-12); // the habit is learned, three events are too few
        Assert.True(double.IsFinite(first.LossBefore) && double.IsFinite(first.LossAfter));
        Assert.Equal(first with { Millis = 0 }, Run(world, _options) with { Millis = 0 });
    }

    [Fact]
    public void Where_nothing_is_kept_nothing_is_gained()
    {
        using var world = new TinyWorld(_sequences);
        var figures = Run(world, _options with { MostBytes = 1 });
        Assert.Equal((0, 0, figures.NdcgBefore), (figures.Accepted, figures.Gain.Mean, figures.NdcgAfter));
        Assert.True(double.IsNaN(figures.LossBefore));
    }

    [Fact]
    public void Lists_are_made_without_the_last_two_events_and_change_what_is_learned()
    {
        using var world = new TinyWorld(_sequences);
        var cloud = new CountingUp(world.Device.CatalogVersion, world.Dataset.Catalog.Count);
        var plain = Run(world, _options with { Negatives = 4 });
        var listed = Run(world, _options with { Negatives = 4, ListNegatives = 4 }, cloud);
        Assert.Equal([6, 5, 0], cloud.Requests.Select(request => request.History.Count).OrderDescending());
        Assert.Equal(plain.LossBefore, listed.LossBefore);
        Assert.NotEqual(plain.LossAfter, listed.LossAfter);
        Assert.Equal(plain with { Millis = 0 }, Run(world, _options with { Negatives = 4 }, cloud) with { Millis = 0 });
    }

    private static AdaptationFigures Run(TinyWorld world, AdaptationOptions options, ICandidateGenerator? cloud = null) =>
        new AdaptationExperiment(world.Device, world.Dataset, excludeConsumed: false, cloud)
            .Run([new(0, 8), new(1, 7), new(2, 2)], options, seed: 1, new Unwatched());
}
