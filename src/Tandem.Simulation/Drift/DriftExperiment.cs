using Tandem.Data.Metrics;
using Tandem.Learning.Backbones;
using Tandem.Learning.Runs;

namespace Tandem.Simulation.Drift;

/// <summary>
/// After a user's taste switches, how many events a model needs until its hit rate is back: <see cref="DriftModels"/> learn from the same
/// users and are asked about the same others.
/// </summary>
/// <param name="study">Whom models learn from and whom they are asked about.</param>
/// <param name="options">Its settings.</param>
public sealed class DriftExperiment(DriftStudy study, DriftOptions options)
{
    /// <summary>Trains and asks every model.</summary>
    /// <param name="folder">Keeps a checkpoint of each, so that a run that was cut off goes on; null to keep none.</param>
    /// <param name="progress">Who watches.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="InvalidOperationException">The options have faults; the message lists them all.</exception>
    public IReadOnlyList<DriftFigures> Run(string? folder, IRunProgress progress, CancellationToken cancel = default)
    {
        if (options.Validate().ToArray() is [_, ..] faults) throw new InvalidOperationException(string.Join("; ", faults));
        var asked = new List<Asked>();
        foreach (var (name, recipe) in DriftModels.All(options, study.MaskSeen))
        {
            var checkpoint = folder is null ? null : Path.Combine(folder, name + ".safetensors");
            var (model, training) = recipe.Train(
                study.Dataset, study.Sequences, study.Validation(), checkpoint, progress.Training(name), cancel: cancel);
            using (model)
            {
                using var scorer = new SequenceScorer(model);
                asked.Add(
                    new(name, training.BestEpoch, Ask(study.Histories, "around the switch"), Ask(study.Unswitched, "without a switch")));

                DriftHits Ask(int[][] histories, string stage) => DriftHits.Ask(
                    scorer, histories, study.MaskSeen, options, (done, total) => progress.Report($"{name}, {stage}", done, total));
            }
        }

        return Compare(asked);
    }

    private DriftFigures[] Compare(IReadOnlyList<Asked> asked)
    {
        var recovery = new DriftRecovery(options);
        var bar = options.Share * asked.Max(model => Mean(model.Hits.Before).Average());
        var reference = First(asked.Single(model => model.Model == DriftModels.Reference).Hits);
        return [.. asked.Select(model =>
        {
            var (curve, own) = (Mean(model.Hits.After), First(model.Hits));
            var bounds = Bounds(model.Hits.After);
            var (lower, upper) = recovery.Interval(model.Hits);
            var above = model.Hits.Above(model.Unswitched, options.Share);
            var (sooner, later) = recovery.Interval(above);
            return new DriftFigures
            {
                Model = model.Model,
                Epochs = model.Epochs,
                HitRateBefore = Mean(model.Hits.Before).Average(),
                Curve = curve,
                CurveLower = [.. bounds.Select(place => place.Lower)],
                CurveUpper = [.. bounds.Select(place => place.Upper)],
                EventsToRecover = recovery.Events(model.Hits),
                Interval = [lower, upper],
                EventsToCommonBar = recovery.Events(curve, bar),
                CurveUnswitched = Mean(model.Unswitched.After),
                EventsToUnswitched = recovery.Events(above),
                UnswitchedInterval = [sooner, later],
                HitRateAfter = own.Average(),
                TttAhead = PairedBootstrap.Compare(reference, own, options.Seed, options.Resamples),
            };
        })];
    }

    /// <summary>[users] hit rate of each over the first events after the switch.</summary>
    private double[] First(DriftHits hits) => [.. hits.After.Select(user => user.Take(options.Compared).Average())];

    /// <summary>[events] over users.</summary>
    private static double[] Mean(double[][] hits) => [.. hits[0].Select((_, i) => hits.Average(user => user[i]))];

    private PairedDifference[] Bounds(double[][] hits) => [.. hits[0].Select((_, i) =>
        PairedBootstrap.Compare([.. hits.Select(user => user[i])], new double[hits.Length], options.Seed, options.Resamples))];

    private sealed record Asked(string Model, int Epochs, DriftHits Hits, DriftHits Unswitched);
}
