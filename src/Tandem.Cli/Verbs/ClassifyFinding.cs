using System.Globalization;
using Tandem.Data.Metrics;
using Tandem.Learning.Classification;

namespace Tandem.Cli.Verbs;

/// <summary>
/// What the arms came to at a share of the labels. Differences are paired by test example, of each the mean over the seeds; an interval is
/// that of examples, for these seeds.
/// </summary>
internal sealed class ClassifyFinding
{
    private const int Seed = 1; // of the bootstrap
    private const string Teacher = "teacher", Start = "start", StartAdapter = "start-adapter";

    private readonly double _share;
    private readonly int _labelled, _tested;
    private readonly double _rate;
    private readonly IReadOnlyList<(double Rate, double Validation)> _grid;
    private readonly IReadOnlyList<(string Name, ClassifyResult[] Seeds)> _arms;

    private ClassifyFinding(
        ClassifyRuns runs, double share, double rate, IReadOnlyList<(double, double)> grid, List<(string, ClassifyResult[])> arms)
    {
        (_share, _rate, _grid, _arms) = (share, rate, grid, arms);
        _labelled = runs.Subject.Split.Labelled(runs.Subject.Examples.Labels, share, Seed).Length;
        _tested = runs.Subject.Split.Test.Count;
    }

    /// <summary>Trains, or reads, all arms. The classifier alone chooses the learning rate for all of them, by validation.</summary>
    public static ClassifyFinding Of(ClassifyRuns runs, double share, CancellationToken cancel)
    {
        var seeds = Enumerable.Range(1, runs.Plan.Seeds).ToArray();
        (double Rate, double Validation)[] grid = [.. runs.Plan.Rates.Select(rate =>
            (rate, Train(ClassificationArm.Alone, rate).Average(result => result.Validation)))];
        var best = grid.MaxBy(point => point.Validation).Rate;
        var arms = runs.Plan.Arms.Select(arm => (arm.Name, Train(arm, best))).ToList();
        if (runs.Plan.Arms.Any(arm => arm.Teacher != TaughtExamples.None))
            arms.Add((Teacher, [.. seeds.Select(seed => runs.Teach(share, seed))]));
        return new(runs, share, best, grid, arms);

        ClassifyResult[] Train(ClassificationArm arm, double rate) =>
            [.. seeds.Select(seed => runs.Train(arm, share, rate, seed, cancel))];
    }

    /// <summary>A table and what it says, for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{_share:0.##%} of the labels ({_labelled}), learning rate {_rate}; accuracy on {_tested} examples");
        foreach (var (name, seeds) in _arms)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  {name,-14} validation {seeds.Average(s => s.Validation):0.0000}, test {seeds.Average(s => s.Test):0.0000}")
                + (Over(name, ClassificationArm.Alone.Name) is { } d && name != ClassificationArm.Alone.Name
                    ? $", over alone {DifferenceText.Of(d)}"
                    : "");
        }

        foreach (var line in Verdicts()) yield return line;
    }

    /// <summary>The same for programs.</summary>
    public object Result() => new
    {
        Share = _share,
        Labelled = _labelled,
        Rate = _rate,
        Grid = _grid.Select(point => new { point.Rate, point.Validation }),
        Arms = _arms.Select(arm => new
        {
            arm.Name,
            Validation = arm.Seeds.Average(s => s.Validation),
            Test = arm.Seeds.Average(s => s.Test),
            Tests = arm.Seeds.Select(s => s.Test),
            OverAlone = Described(Over(arm.Name, ClassificationArm.Alone.Name)),
            SecondsPerStep = arm.Seeds.Average(s => s.SecondsPerStep),
        }),
        RealOverNoise = Described(Over(ClassificationArm.Adapter.Name, ClassificationArm.Noise.Name)),
        StartAdapterOverStart = Described(Over(StartAdapter, Start)),
        Verdicts = Verdicts(),
    };

    private IEnumerable<string> Verdicts()
    {
        var seeds = _arms[0].Seeds.Length;
        var rest = string.Create(
            CultureInfo.InvariantCulture, $", {_share:0.##%} of the labels, {_tested} examples, {seeds} seed{(seeds == 1 ? "" : "s")}.");
        if (Over(ClassificationArm.Adapter.Name, ClassificationArm.Noise.Name) is { } real)
        {
            var alone = Over(ClassificationArm.Adapter.Name, ClassificationArm.Alone.Name)!.Value;
            yield return $"{Said(real, alone)}: accuracy {DifferenceText.Of(real)} over noise in its place, "
                + $"{DifferenceText.Of(alone)} over the classifier alone{rest}";
        }

        if (Over(StartAdapter, Start) is { } both)
        {
            var said = both switch
            {
                { Lower: > 0 } => "An adapter beside the start helped",
                { Upper: < 0 } => "An adapter beside the start hurt",
                _ => "Nothing shows that an adapter beside the start helped",
            };
            yield return $"{said}: accuracy {DifferenceText.Of(both)} over the start alone{rest}";
        }
    }

    /// <summary>
    /// Noise says whether it was knowledge, the classifier alone whether it was worth anything: an adapter by itself may cost.
    /// </summary>
    private static string Said(PairedDifference overNoise, PairedDifference overAlone) => (overNoise, overAlone) switch
    {
        ({ Lower: > 0 }, { Lower: > 0 }) => "The source's knowledge helped",
        ({ Lower: > 0 }, _) => "The source is told from noise, but nothing shows that the classifier is better than alone",
        ({ Upper: < 0 }, _) => "The source did worse than noise",
        _ => "Nothing shows that the source's knowledge helped",
    };

    private PairedDifference? Over(string first, string second) =>
        Means(first) is { } one && Means(second) is { } other ? PairedBootstrap.Compare(one, other, Seed) : null;

    /// <summary>Of each test example, the share of the seeds that tell it right; null without such an arm.</summary>
    private double[]? Means(string name) => _arms.FirstOrDefault(arm => arm.Name == name).Seeds is { } seeds
        ? [.. Enumerable.Range(0, _tested).Select(i => seeds.Average(seed => seed.Right[i] == '1' ? 1.0 : 0))]
        : null;

    private static object? Described(PairedDifference? difference) =>
        difference is { } d ? new { Difference = d.Mean, Interval = new[] { d.Lower, d.Upper } } : null;
}
