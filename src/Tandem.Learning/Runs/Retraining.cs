using System.Globalization;
using Tandem.Data;
using Tandem.Data.Evaluation;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;

namespace Tandem.Learning.Runs;

/// <summary>
/// A served model trained again on what it was trained on and what was reported since. Old and new model rank the newest reported events,
/// which neither has learned, each after all that came before it; the new one is to serve only where that says so.
/// </summary>
/// <remarks>
/// A run that was trained so remembers the run with the data that it grew from. The next one grows from the same data and all events that
/// are reported and still kept: what was erased or has expired is in no later model.
/// </remarks>
public static class Retraining
{
    private const string Metric = "ndcg@10";

    /// <summary>Trains and compares.</summary>
    /// <param name="served">Folder of the run that serves.</param>
    /// <param name="events">Reported events of one app in the order of their arrival, with the time of their arrival.</param>
    /// <param name="run">Where the new run is kept; one that was cut off is continued, where the events are the same.</param>
    /// <param name="options">Of gate and training.</param>
    /// <param name="progress">Who watches.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="RunException">The run or the folder cannot be used, or there is no event to learn from or to hold.</exception>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    public static RetrainingResult Start(
        string served, IReadOnlyList<Interaction> events, RunFolder run, RetrainingOptions options, IRunProgress progress,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(run);
        if (options.Validate().ToArray() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        var recipe = RunRecipe.OfRun(served) with { Expected = null, Command = null, Origin = null };
        var grownFrom = RetrainedFrom.Of(served);
        var dataset = DatasetFolder.Read(Path.Combine(grownFrom, "dataset"));
        var held = (int)Math.Ceiling(events.Count * options.Held);
        var (known, _) = DatasetGrowth.Add(dataset, events.Take(events.Count - held));
        var (all, leftOut) = DatasetGrowth.Add(dataset, events);
        if (known.Interactions == dataset.Interactions || all.Interactions == known.Interactions)
        {
            throw new RunException(
                $"{events.Count} reported events, {leftOut} of them of items that the model does not know: too few to learn some and hold "
                + "others; wait for more");
        }

        RetrainedFrom.Write(run, grownFrom);
        var trained = TrainingRun.Start(recipe, SplitProtocol.Create(recipe.Protocol, known), run, progress, null, cancel);
        using var scorer = trained.Trained.Scorer as IDisposable;
        var split = new NewestEvents(all, [.. Enumerable.Range(0, all.Users).Select(user => KnownOf(known, user))]);
        var comparison = split.Test.ToArray().DistinctBy(e => e.User).Count() >= options.LeastUsers
            ? Compare(served, trained, split, recipe, progress)
            : null;
        var (passes, reason) = Judge(comparison, options);
        return new(
            passes, reason, comparison, known.Interactions - dataset.Interactions, all.Interactions - known.Interactions, leftOut);
    }

    /// <summary>Users that are known come first and in the same order, whatever arrived after.</summary>
    private static int KnownOf(SequenceDataset known, int user) => user < known.Users ? known.Sequence(user).Length : 0;

    private static RunComparison Compare(
        string served, TrainingRun trained, NewestEvents split, RunRecipe recipe, IRunProgress progress)
    {
        var old = RunRecipe.OfRun(served);
        var scorer = ModelKinds.Find(old.Model).Load(old.Settings, DatasetFolder.Read(Path.Combine(served, "dataset")), served);
        using var closing = scorer as IDisposable;
        return RunComparison.Of(
            TableOf(trained.Trained.Scorer), TableOf(scorer), RankMetric.Find(Metric)!, recipe.Seed);

        EvaluationTable TableOf(IItemScorer model)
        {
            var evaluation = RunEvaluation.Of(model, split, recipe.MaskSeen, progress);
            return EvaluationTable.Of(split, evaluation.Ranks, recipe.Model, recipe.Seed, recipe.MaskSeen, evaluation.Metrics);
        }
    }

    private static (bool Passes, string Reason) Judge(RunComparison? comparison, RetrainingOptions options)
    {
        if (comparison is null)
            return (false, $"fewer than {options.LeastUsers} users have events to compare on; wait for more, or lower --least-users");
        var difference = comparison.Difference;
        var passes = difference.Lower >= options.Gate;
        return (passes, string.Create(
            CultureInfo.InvariantCulture,
            $"NDCG@10 {comparison.First:0.0000} against {comparison.Second:0.0000}, {difference.Mean:+0.0000;-0.0000} "
            + $"({difference.Lower:+0.0000;-0.0000} … {difference.Upper:+0.0000;-0.0000}): the lower end is "
            + $"{(passes ? "at or above" : "below")} the gate, {options.Gate}"));
    }
}
