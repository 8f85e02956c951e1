using System.CommandLine;
using System.Globalization;
using Tandem.Data.Evaluation;

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

    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command("compare", "the difference between two runs on the same events, with its 95 % interval and p value")
        {
            _first, _second, _metric, _seed, _json,
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
        if (parsed.GetValue(_json)) JsonLine.Print(Result(first, second, comparison));
        else Terminal.Output.PrintLine(Text(first, second, comparison));
        return 0;
    }

    private static object Result(EvaluationTable first, EvaluationTable second, RunComparison comparison) => new
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
    };

    private static string Text(EvaluationTable first, EvaluationTable second, RunComparison comparison) => string.Create(
        CultureInfo.InvariantCulture,
        $"{comparison.Metric}: {first.Origin} {comparison.First:0.0000}, {second.Origin} {comparison.Second:0.0000}, difference "
        + $"{comparison.Difference.Mean:+0.0000;-0.0000}, 95 % interval {comparison.Difference.Lower:+0.0000;-0.0000} … "
        + $"{comparison.Difference.Upper:+0.0000;-0.0000}, "
        + $"p {(comparison.P < 0.0001 ? "< 0.0001" : FormattableString.Invariant($"= {comparison.P:0.####}"))} "
            + $"over {comparison.Users} users and {comparison.Events} events; "
        + $"{first.Summary.Protocol}, seen items {(first.Summary.MaskSeen ? "masked" : "not masked")}, "
        + $"seeds {first.Summary.Seed} and {second.Summary.Seed}, data {first.Summary.DataHash}");
}
