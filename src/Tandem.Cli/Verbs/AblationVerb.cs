using System.CommandLine;
using Tandem.Data.Evaluation;
using Tandem.Data.Metrics;
using Tandem.Simulation.Personalization;

namespace Tandem.Cli.Verbs;

/// <summary>
/// <c>tandem experiment ablation MODEL --parameters SOURCE</c>: trains a model without personal weights, with them, with each part taken
/// away and with the controls, and compares all with the first two.
/// </summary>
internal static class AblationVerb
{
    private const string Without = "without", Whole = "whole";

    private static readonly Argument<string> _model = new("model")
    {
        Description = "such as sasrec, gru4rec or din",
        HelpName = "MODEL",
        DefaultValueFactory = _ => "sasrec",
    };

    private static readonly ParameterTraining _training = new(source: "solid");
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<bool> _json = CommonOptions.Json();
    private static readonly Option<string[]> _variants = new("--variant")
    {
        Description = "only these, beside 'without' and 'whole': constant, shuffled, frozen; of duet and solid, also published; of solid, "
            + "learned-codebook, random-codebook, no-personal, no-semantic",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> _seeds = new("--seeds")
    {
        Description = "trainings of each, with the seeds 1 … N",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    public static Command Create()
    {
        var verb = new Command("ablation", "a model without personal weights, with them, and with each part of them taken away")
        {
            _model, _variants, _seeds, _threads, _json,
        };
        _training.AddTo(verb);
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        if (parsed.GetValue(_seeds) < 1) throw new UsageException($"--seeds {parsed.GetValue(_seeds)}: 1 or more are expected");
        var (model, source) = (parsed.GetRequiredValue(_model), parsed.GetRequiredValue(_training.Source)!);
        var variants = Variants(source, parsed.GetValue(_variants) ?? []);
        var folder = _training.Folder(parsed, "ablation", model);
        var runs = new List<TrainedVariant>();
        for (var seed = 1; seed <= parsed.GetValue(_seeds); seed++)
        {
            foreach (var (name, changes) in variants)
                runs.Add(Train(parsed, folder, name, seed, name == Without ? [] : [$"parameters.source={source}", .. changes], cancel));
        }

        var rows = Rows(runs);
        if (parsed.GetValue(_json)) JsonLine.Print(new { Name = model, Source = source, Rows = rows, Run = folder });
        else foreach (var row in rows) Print(row);
        return 0;
    }

    /// <summary>Settings of each variant, by path.</summary>
    private static List<(string Name, string[] Changes)> Variants(string source, string[] asked)
    {
        List<(string Name, string[] Changes)> all =
        [
            ("constant", ["parameters.control=constant"]), ("shuffled", ["parameters.control=shuffled"]),
            ("frozen", ["parameters.control=frozen"]),
        ];
        if (source is "duet" or "solid") all.Add(("published", ["parameters.control=published", "parameters.form=full"]));
        if (source == "solid")
        {
            all.AddRange(
            [
                ("learned-codebook", ["parameters.solid.codebook=learned"]), ("random-codebook", ["parameters.solid.codebook=random"]),
                ("no-personal", ["parameters.solid.personal=false"]), ("no-semantic", ["parameters.solid.semantic=false"]),
            ]);
        }

        if (asked.FirstOrDefault(name => all.All(variant => variant.Name != name)) is { } unknown)
            throw new UsageException($"--variant {unknown}: expected {string.Join(", ", all.Select(variant => variant.Name))}");
        return [(Without, []), (Whole, []), .. all.Where(v => asked.Length == 0 || asked.Contains(v.Name))];
    }

    private static TrainedVariant Train(
        ParseResult parsed, string folder, string name, int seed, IEnumerable<string> changes, CancellationToken cancel)
    {
        var trained = _training.Train(parsed, parsed.GetRequiredValue(_model), folder, name, seed, changes, cancel);
        return new(name, seed, EvaluationTable.Read(trained.Folder), trained.Run.Evaluation.Metrics,
            trained.Run.Trained.Trainings.Count > 0 ? trained.Run.Trained.Trainings[0].BestValidation : null,
            ParameterExperiment.MetricOf(trained.Split).Name);
    }

    private static VariantRow[] Rows(List<TrainedVariant> runs) => [.. runs.GroupBy(run => run.Name).Select(group =>
    {
        var members = group.OrderBy(run => run.Seed).ToArray();
        return new VariantRow(
            group.Key, members[0].Metric, [.. members.Select(run => run.Metrics)], [.. members.Select(run => run.Validation)],
            [.. members.Select(run => Over(run, Without))], [.. members.Select(run => Over(run, Whole))]);

        PairedDifference Over(TrainedVariant run, string name) => RunComparison.Of(
            run.Table, runs.Single(other => other.Name == name && other.Seed == run.Seed).Table, RankMetric.Find(run.Metric)!, run.Seed)
            .Difference;
    })];

    private static void Print(VariantRow row)
    {
        for (var seed = 0; seed < row.Test.Count; seed++)
        {
            var (test, without, whole) = (row.Test[seed], row.OverWithout[seed], row.OverWhole[seed]);
            Terminal.Output.PrintLine(
                FormattableString.Invariant(
                    $"{row.Name,-16} seed {seed + 1}: Recall@10 {test["recall@10"]:0.0000}, NDCG@10 {test["ndcg@10"]:0.0000}; ")
                + $"{row.Metric} over without {DifferenceText.Of(without)}, over whole {DifferenceText.Of(whole)}");
        }
    }

    private sealed record TrainedVariant(
        string Name, int Seed, EvaluationTable Table, Dictionary<string, double> Metrics, double? Validation, string Metric);

    /// <summary>A variant's row; lists are by seed.</summary>
    private sealed record VariantRow(
        string Name, string Metric, IReadOnlyList<Dictionary<string, double>> Test, IReadOnlyList<double?> Validation,
        IReadOnlyList<PairedDifference> OverWithout, IReadOnlyList<PairedDifference> OverWhole);
}
