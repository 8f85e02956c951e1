using Tandem.Data;
using Tandem.Learning;
using Tandem.Simulation.Drift;

namespace Tandem.Simulation.Tests.Drift;

public class DriftExperimentTests
{
    private static readonly DriftOptions _options = new()
    {
        Seed = 1,
        Epochs = 1,
        Width = 16,
        SwitchAt = 6,
        Horizon = 6,
        Baseline = 2,
        Compared = 3,
        Resamples = 50,
    };

    private static readonly DriftWorldOptions _world = new()
    {
        Seed = 1,
        Users = 30,
        TestUsers = 8,
        Items = 60,
        Tastes = 6,
        TasteItems = 5,
    };

    [Fact]
    public void Each_event_is_asked_with_what_was_known_before_it()
    {
        var study = DriftStudy.Generate(_world, _options);
        var scorer = new Recorder(_world.Items, study.Histories);
        var hits = DriftHits.Ask(scorer, study.Histories, study.MaskSeen, _options);
        Assert.Equal(8 * 8, scorer.Asked);
        Assert.All(hits.Before, user => Assert.Equal([1, 1], user));
        Assert.All(hits.After, user => Assert.Equal([0, 1, 1, 1, 1, 1], user)); // the recorder knows all but the first of the new taste
    }

    [Fact]
    public void All_models_are_measured_and_ttt_is_not_ahead_of_itself()
    {
        var figures = new DriftExperiment(DriftStudy.Generate(_world, _options), _options).Run(
            folder: null, new Unwatched(), TestContext.Current.CancellationToken);
        Assert.Equal(["ttt", "mini-batch-1", "surprise", "fast-heads", "zero-rate", "frozen", "linear-attention", "sasrec"],
            figures.Select(model => model.Model));
        Assert.Equal((0, 0, 0), (figures[0].TttAhead.Mean, figures[0].TttAhead.Lower, figures[0].TttAhead.Upper));
        Assert.All(figures, model =>
        {
            Assert.Equal(figures[0].HitRateAfter - model.HitRateAfter, model.TttAhead.Mean, 1e-12);
            Assert.Equal(model.Curve.Take(3).Average(), model.HitRateAfter, 1e-12);
            for (var i = 0; i < model.Curve.Count; i++) Assert.InRange(model.Curve[i], model.CurveLower[i], model.CurveUpper[i]);
        });
    }

    /// <summary>Knows each history and puts the next event first, but for the first event after the switch.</summary>
    private sealed class Recorder(int items, int[][] known) : IItemScorer
    {
        public string Kind => "recorder";

        public int ItemCount => items;

        public int Asked { get; private set; }

        public void Score(ReadOnlySpan<History> histories, Span<float> scores)
        {
            scores.Clear();
            for (var row = 0; row < histories.Length; row++, Asked++)
            {
                var events = histories[row].Items.ToArray();
                var next = known.Single(history => history.AsSpan().StartsWith(events))[events.Length];
                scores[row * (items + 1) + next] = events.Length == _options.SwitchAt ? -1 : 1;
            }
        }
    }
}
