using System.CommandLine;
using System.Globalization;
using Tandem.Data.Evaluation;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem compare</c>: two evaluated runs, paired by user, with interval and p value.</summary>
internal static class CompareVerb
{
    private static readonly Argument<string> _first = new("run") { Description = "folder of an evaluated run", HelpName = "RUN" };
    private static readonly Argument<string> _second = new("other")
    {
        Description = "folder of the run to compare it with",
        HelpName = "RUN",
    };
    private static readonly Option<string> _metric = new("--metric")
    {
        Description = RankMetric.Known,
        DefaultValueFactory = _ => "ndcg@10",
        HelpName = "NAME",
    };

    private static readonly Option<bool> _slices = new("--slices")
    {
        Description = "also among targets that training events tell little of, and by the length of the history",
    };

    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command("compare", "the difference between two runs on the same events, with its 95 % interval and p value")
        {
            _first, _second, _metric, _slices, _seed, _json,
        };
        verb.SetAction(Run);
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(_metric);
        var metric = RankMetric.Find(name) ?? throw new UsageException($"--metric {name}: unknown; expected {RankMetric.Known}");
        var (first, second) = (
            EvaluationTable.Read(parsed.GetRequiredValue(_first)), EvaluationTable.Read(parsed.GetRequiredValue(_second)));
        var comparison = RunComparison.Of(first, second, metric, parsed.GetValue(_seed));
        var slices = parsed.GetValue(_slices)
            ? Slices(parsed.GetRequiredValue(_first), first, second, metric, parsed.GetValue(_seed)).ToArray()
            : null;
        if (parsed.GetValue(_json)) JsonLine.Print(Result(first, second, comparison, slices));
        else Terminal.Output.PrintLine(Text(first, second, comparison, slices));
        return 0;
    }

    /// <summary>Those slices that two users or more have an event in.</summary>
    private static IEnumerable<Slice> Slices(
        string run, EvaluationTable first, EvaluationTable second, RankMetric metric, int seed)
    {
        var data = Path.Combine(run, "dataset");
        if (!DatasetFolder.Exists(data)) throw new UsageException($"--slices: {run} holds no data set; give a run of 'tandem train' first");
        foreach (var slice in EventSlice.Of(SplitProtocol.Create(first.Summary.Protocol, DatasetFolder.Read(data))))
        {
            if (slice.Events.Count >= 2) yield return new(slice.Name, RunComparison.Of(first, second, metric, seed, slice.Events));
        }
    }

    private static object Result(EvaluationTable first, EvaluationTable second, RunComparison comparison, Slice[]? slices) => new
    {
        comparison.Metric,
        comparison.First,
        comparison.Second,
        Difference = comparison.Difference.Mean,
        Interval = new[] { comparison.Difference.Lower, comparison.Difference.Upper },
        comparison.P,
        comparison.Users,
        comparison.Events,
        Models = new[] { first.Summary.Model, second.Summary.Model },
        Seeds = new[] { first.Summary.Seed, second.Summary.Seed },
        first.Summary.Protocol,
        first.Summary.MaskSeen,
        first.Summary.DataHash,
        Slices = slices?.Select(slice => new
        {
            slice.Name,
            slice.Comparison.Events,
            slice.Comparison.First,
            slice.Comparison.Second,
            Difference = slice.Comparison.Difference.Mean,
            Interval = new[] { slice.Comparison.Difference.Lower, slice.Comparison.Difference.Upper },
            slice.Comparison.P,
        }),
    };

    private static string Text(EvaluationTable first, EvaluationTable second, RunComparison comparison, Slice[]? slices) => string.Create(
        CultureInfo.InvariantCulture,
        $"{comparison.Metric}: {first.Origin} {comparison.First:0.0000}, {second.Origin} {comparison.Second:0.0000}, difference "
        + $"{comparison.Difference.Mean:+0.0000;-0.0000;0.0000}, 95 % interval {comparison.Difference.Lower:+0.0000;-0.0000;0.0000} … "
        + $"{comparison.Difference.Upper:+0.0000;-0.0000;0.0000}, "
        + $"p {(comparison.P < 0.0001 ? "< 0.0001" : FormattableString.Invariant($"= {comparison.P:0.####}"))} "
            + $"over {comparison.Users} users and {comparison.Events} events; "
        + $"{first.Summary.Protocol}, seen items {(first.Summary.MaskSeen ? "masked" : "not masked")}, "
        + $"seeds {first.Summary.Seed} and {second.Summary.Seed}, data {first.Summary.DataHash}")
        + string.Concat((slices ?? []).Select(slice => string.Create(
            CultureInfo.InvariantCulture,
            $"\n  {slice.Name} ({slice.Comparison.Events} events): {slice.Comparison.First:0.0000}, {slice.Comparison.Second:0.0000}, "
            + $"{DifferenceText.Of(slice.Comparison.Difference)}")));

    /// <summary>The difference among some of the targets.</summary>
    private sealed record Slice(string Name, RunComparison Comparison);
}
