using System.CommandLine;
using Tandem.Cli.Models;
using Tandem.Data.Evaluation;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Learning.Graphs;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Learning.Transfer;
using Tandem.Simulation.Personalization;

namespace Tandem.Cli.Verbs;

/// <summary>
/// <c>tandem transfer --from SOURCE --to MODEL</c>: trains a model alone, with knowledge from another model's weights, and with a control
/// in the source's place, and says whether the source's knowledge was what helped.
/// </summary>
internal static class TransferVerb
{
    private const string Alone = "alone", Transferred = "transferred", BesidePath = "beside.";

    private static readonly Option<string> _from = new("--from")
    {
        Description = "folder of a finished 'tandem train' on the same data, a pretrained network by name (minilm, arctic, resnet18), a "
            + "folder with model.safetensors or its index, a file of safetensors, or a model (sasrec, gru4rec, hstu, ttt) that is trained "
            + "at the same time",
        HelpName = "RUN|NAME|FOLDER|FILE|MODEL",
        Required = true,
    };

    private static readonly Option<string> _to = new("--to")
    {
        Description = "the model that is trained: sasrec, gru4rec, hstu, ttt or din",
        HelpName = "MODEL",
        Required = true,
    };

    private static readonly Option<string> _adapter = new Option<string>("--adapter")
    {
        Description = "what writes the weights: a change that starts at 0 (residual), the published adapter (mergenet), or the item "
            + "table's rows each from its own (row-aligned)",
        DefaultValueFactory = _ => "residual",
    }.AcceptOnlyFromAmong("residual", "mergenet", "row-aligned");

    private static readonly Option<bool> _back = new("--back")
    {
        Description = "with a model as --from: it takes from the target's weights, too",
    };

    private static readonly Option<string> _control = new Option<string>("--control")
    {
        Description = "what stands in the source's place in the third training: noise of its scale, its rows shuffled, its network "
            + "untrained, the target's own weights (self); none compares with the training alone",
        DefaultValueFactory = _ => "noise",
    }.AcceptOnlyFromAmong("none", "noise", "shuffled", "untrained", "self");

    private static readonly Option<string?> _rivals = new("--rivals")
    {
        Description = "other ways to what the source knows, trained beside: start (item table from titles), logits and ranking "
            + "(distillation of a run's scores, of its best items), profiles (distillation of a ranking by titles), longer (more epochs)",
        HelpName = "NAME,NAME",
    };

    private static readonly Option<double> _longer = new("--longer")
    {
        Description = "epochs of the rival longer, as a multiple of those of the others",
        HelpName = "FACTOR",
        DefaultValueFactory = _ => 1.25,
    };

    private static readonly Option<string> _data = CommonOptions.Data();
    private static readonly Option<string?> _config = new("--config")
    {
        Description = "a file of the target's settings",
        HelpName = "FILE",
    };

    private static readonly Option<string?> _protocol = new("--protocol")
    {
        Description = $"{SplitProtocol.Known} (default: the source run's, of a file the configuration's)",
        HelpName = "NAME",
    };

    private static readonly Option<string[]> _set = new("--set")
    {
        Description = "one setting by its path, for all trainings, such as transfer.schedule.cycle=8; may be repeated",
        HelpName = "PATH=VALUE",
    };

    private static readonly Option<int> _seeds = new("--seeds")
    {
        Description = "trainings of each, with the seeds 1 … N",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<string?> _run = CommonOptions.Run();
    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command(
            "transfer", "knowledge from one model's weights to another, with the control that tells whether it was knowledge")
        {
            _from, _to, _adapter, _back, _control, _rivals, _longer, _data, _config, _protocol, _set, _seeds, _threads, _run, _json,
        };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        if (parsed.GetValue(_seeds) < 1) throw new UsageException($"--seeds {parsed.GetValue(_seeds)}: 1 or more are expected");
        var kind = AskedModel.Find(parsed.GetRequiredValue(_to));
        if (!kind.TakesWeights)
        {
            throw new UsageException($"--to {kind.Name}: its training takes nobody's weights; expected one of "
                + ModelKinds.Names(known => known.TakesWeights));
        }

        if (parsed.GetValue(_longer) is not (> 1 and <= 100) and var factor)
            throw new UsageException(FormattableString.Invariant($"--longer {factor}: expected more than 1, to 100"));
        var from = parsed.GetRequiredValue(_from);
        if (parsed.GetValue(_back) && !IsBeside(from))
            throw new UsageException($"--back: --from {from} is trained already; expected a model, such as gru4rec");
        if (IsBeside(from) && !kind.IsSequenceModel)
        {
            throw new UsageException($"--from {from} --to {kind.Name}: a model is trained beside "
                + $"{ModelKinds.Names(known => known.IsSequenceModel)} alone; give a finished run of {from}");
        }

        if (WeightSources.Find(from) is null && !IsBeside(from)) from = Path.GetFullPath(from);
        var control = parsed.GetRequiredValue(_control);
        var rivals = TransferRivals.Parse(parsed.GetValue(_rivals), from, kind);
        var folder = RunFolder.Choose(parsed.GetValue(_run), "transfer", $"transfer-{kind.Name}").Path;
        var data = parsed.GetRequiredValue(_data);
        var splits = new Dictionary<(string Protocol, int? Core), ISplit>();
        var arms = Enumerable.Range(1, parsed.GetValue(_seeds)).SelectMany(seed => (Arm[])
            [
                .. Arms(from, parsed.GetRequiredValue(_adapter), control, parsed.GetValue(_back))
                    .Select(arm => Prepare(parsed, kind, from, folder, arm.Name, seed, arm.Changes, splits)),
                .. rivals.Select(rival => PrepareRival(parsed, kind, from, folder, rival, seed, splits)),
            ]).ToArray();
        // All that could be refused is, before the first of them trains; profiles learn from a run that is made here.
        foreach (var arm in arms.Where(arm => arm.Name != TransferRivals.Profiles)) kind.RequireParts(arm.Job);
        if (arms.FirstOrDefault(arm => arm.Name == TransferRivals.Profiles) is { } taught)
            TransferRivals.RankByTitles(taught.Recipe, taught.Job.Split, from, folder, data, cancel);
        var finding = Find([.. arms.Select(arm => Train(arm, data, cancel))], control, rivals);
        if (parsed.GetValue(_json)) JsonLine.Print(Result(finding, parsed, from, folder));
        else Terminal.Output.PrintLine($"{Means(finding)}\n{finding.Verdict}{string.Concat(finding.Rivals.Select(Line))}");
        return 0;
    }

    /// <summary>Whether a source is a model that is trained at the same time, and no folder of that name.</summary>
    private static bool IsBeside(string from) =>
        !Path.Exists(from) && ModelKinds.All.Any(kind => kind.Name == from && kind.IsSequenceModel);

    private static (string Name, string[] Changes)[] Arms(string from, string adapter, string control, bool back)
    {
        var name = adapter switch { "mergenet" => "mergeNet", "row-aligned" => "rowAligned", _ => adapter };
        string[] source = IsBeside(from)
            ?
            [
                $"transfer.from={TransferOptions.Beside}", $"{BesidePath}backbone.kind={from}",
                $"{BesidePath}back={(back ? "true" : "false")}",
            ]
            : [$"transfer.from={from}"];
        string[] real = [.. source, $"transfer.adapter={name}"];
        (string, string[])[] both = [(Alone, []), (Transferred, real)];
        return control == "none" ? both : [.. both, (control, [.. real, $"transfer.control={control}"])];
    }

    private static Arm Prepare(
        ParseResult parsed, ModelKind kind, string from, string folder, string name, int seed, string[] changes,
        Dictionary<(string Protocol, int? Core), ISplit> splits)
    {
        var source = File.Exists(Path.Combine(from, RunRecipe.FileName)) ? RunRecipe.OfRun(from) : null;
        var asked = (parsed.GetValue(_set) ?? []).ToLookup(set => set.StartsWith(BesidePath, StringComparison.Ordinal));
        var recipe = new AskedRecipe(kind, parsed.GetValue(_config))
        {
            // What is trained without a source has nothing beside it; and there the shape comes after the kind.
            Set = [.. asked[false], .. changes, .. changes.Length > 0 ? asked[true] : []],
            Seed = seed,
            Protocol = parsed.GetValue(_protocol) ?? source?.Protocol,
            Core = source?.Core,
        }.Resolve();
        kind.Require(recipe.Settings);
        // Items are numbered as the source's are, whatever the training's seed.
        if (!splits.TryGetValue((recipe.Protocol, recipe.Core), out var split))
        {
            split = DatasetArgument.Open(parsed.GetRequiredValue(_data), recipe.Protocol, source?.Seed ?? 1, recipe.Core);
            splits[(recipe.Protocol, recipe.Core)] = split;
        }

        var run = RunFolder.Choose(Path.Combine(folder, $"{name}-{seed}"), "train", name);
        var job = new TrainingJob(recipe.Settings, split, SplitProtocol.Refits(recipe.Protocol), recipe.MaskSeen, run);
        return new(name, seed, recipe, job);
    }

    /// <summary>The model alone, but for what the rival changes.</summary>
    private static Arm PrepareRival(
        ParseResult parsed, ModelKind kind, string from, string folder, string name, int seed,
        Dictionary<(string Protocol, int? Core), ISplit> splits)
    {
        var arm = Prepare(parsed, kind, from, folder, name, seed, [], splits);
        var changes = TransferRivals.Changes(name, arm.Recipe.Settings, from, folder, parsed.GetValue(_longer));
        foreach (var (path, value) in changes) RecipeJson.Set(arm.Recipe.Settings, path, value);
        kind.Require(arm.Recipe.Settings);
        return arm;
    }

    private static TrainedArm Train(Arm arm, string data, CancellationToken cancel)
    {
        var (split, run) = (arm.Job.Split, arm.Job.Run);
        Terminal.Error.PrintLine($"{arm.Name}, seed {arm.Seed}: {run.Path}");
        var trained = WatchedRun.Show(progress => TrainingRun.Start(arm.Recipe, split, run, progress, data, cancel));
        run.Record(arm.Recipe, split.Dataset, new { trained.Evaluation.Metrics });
        return new(
            arm.Name, arm.Seed, EvaluationTable.Read(run.Path),
            trained.Trained.Trainings.Count > 0 ? trained.Trained.Trainings[0].BestValidation : null, ParameterExperiment.MetricOf(split));
    }

    private static Finding Find(List<TrainedArm> runs, string control, string[] rivals)
    {
        var metric = runs[0].Metric;
        var name = control == "none" ? Alone : control;
        var (real, other) = (Compare(Transferred, name), Compare(Transferred, Alone));
        return new(metric.Name, control, other.Second, other.First, real.Second, real.Difference, other.Difference, Verdict(), runs)
        {
            Rivals = [.. rivals.Select(Rival)],
        };

        RivalFinding Rival(string rival)
        {
            var over = Compare(rival, Alone);
            return new(rival, over.First, over.Difference, Compare(Transferred, rival).Difference);
        }

        RunComparison Compare(string first, string second) => RunComparison.OfMeans(Tables(first), Tables(second), metric, seed: 1);

        EvaluationTable[] Tables(string arm) => [.. runs.Where(run => run.Name == arm).Select(run => run.Table)];

        string Verdict()
        {
            var said = real.Difference switch
            {
                { Lower: > 0 } => "The source's knowledge helped",
                { Upper: < 0 } => "The source's knowledge hurt",
                _ => "Nothing shows that the source's knowledge helped",
            };
            var against = control == "none"
                ? "over the training alone, which does not tell knowledge from regularisation"
                : $"over {control} in its place";
            var seeds = Tables(Transferred).Length;
            // The interval is that of users. A seed's own luck is not in it: of five, one alone was clear of 0 (docs/figures.md).
            var tried = seeds == 1 ? "1 seed, which others may contradict: see --seeds" : $"{seeds} seeds";
            return $"{said}: {metric.Name} {DifferenceText.Of(real.Difference)} {against}, {real.Users} users, {tried}.";
        }
    }

    private static object Result(Finding f, ParseResult parsed, string from, string folder) => new
    {
        f.Alone,
        f.Transferred,
        Noise = f.Control == "none" ? (double?)null : f.Controlled,
        Difference = f.Difference.Mean,
        Interval = new[] { f.Difference.Lower, f.Difference.Upper },
        f.Verdict,
        f.Metric,
        f.Control,
        OverAlone = Of(f.OverAlone),
        Rivals = f.Rivals.Select(rival => new
        {
            rival.Name,
            Ndcg = rival.Mean,
            OverAlone = Of(rival.OverAlone),
            TransferredOver = Of(rival.TransferredOver),
        }),
        From = from,
        To = parsed.GetRequiredValue(_to),
        Adapter = parsed.GetRequiredValue(_adapter),
        Runs = f.Runs.Select(run => new { run.Name, run.Seed, run.Validation, Test = run.Table.Summary.Metrics }),
        Run = folder,
    };

    private static object Of(PairedDifference d) => new { Difference = d.Mean, Interval = new[] { d.Lower, d.Upper } };

    private static string Line(RivalFinding rival) => FormattableString.Invariant(
        $"\n{rival.Name} {rival.Mean:0.0000}: over alone {DifferenceText.Of(rival.OverAlone)}; ")
        + $"transferred over it {DifferenceText.Of(rival.TransferredOver)}";

    private static string Means(Finding f) =>
        FormattableString.Invariant($"{f.Metric}: alone {f.Alone:0.0000}, transferred {f.Transferred:0.0000}")
        + (f.Control == "none" ? "" : FormattableString.Invariant($", {f.Control} {f.Controlled:0.0000}"))
        + $"; transferred over alone {DifferenceText.Of(f.OverAlone)}";

    private sealed record Arm(string Name, int Seed, RunRecipe Recipe, TrainingJob Job);

    private sealed record TrainedArm(string Name, int Seed, EvaluationTable Table, double? Validation, RankMetric Metric);

    /// <summary>Means over users and seeds, and the real source over the control and over nothing.</summary>
    private sealed record Finding(
        string Metric, string Control, double Alone, double Transferred, double Controlled, PairedDifference Difference,
        PairedDifference OverAlone, string Verdict, IReadOnlyList<TrainedArm> Runs)
    {
        /// <summary>In the order in which they were asked for.</summary>
        public IReadOnlyList<RivalFinding> Rivals { get; init; } = [];
    }

    private sealed record RivalFinding(string Name, double Mean, PairedDifference OverAlone, PairedDifference TransferredOver);
}
