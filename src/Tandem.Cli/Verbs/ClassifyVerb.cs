using System.CommandLine;
using System.Globalization;
using Tandem.Learning.Classification;
using Tandem.Learning.Runs;
using Tandem.Learning.Transfer;

namespace Tandem.Cli.Verbs;

/// <summary>
/// <c>tandem experiment classify</c>: another model's knowledge in a classifier, of titles by category or of images, held against the
/// classifier alone, noise in the source's place, and the rivals that read the source's outputs.
/// </summary>
internal static class ClassifyVerb
{
    private static readonly Option<string?> _data = new("--data")
    {
        Description = "a data set whose items have titles and categories: a prepared folder, or a raw folder of a known layout",
        HelpName = "DIR",
    };

    private static readonly Option<string?> _images = new("--images")
    {
        Description = "in place of --data: generated, for shapes drawn here, or a folder of CIFAR-100's binary version",
        HelpName = "generated|DIR",
    };

    private static readonly Option<string> _from = new("--from")
    {
        Description = "whose knowledge: a pretrained network by name (minilm, arctic, resnet18), a folder with model.safetensors or its "
            + "index, or a file of safetensors",
        HelpName = "NAME|FOLDER|FILE",
        Required = true,
    };

    private static readonly Option<string?> _model = new Option<string?>("--model")
    {
        Description = "the classifier: textCnn (default) or textTransformer of titles, imageCnn of images",
        HelpName = "MODEL",
    }.AcceptOnlyFromAmong("textCnn", "textTransformer", "imageCnn");

    private static readonly Option<string> _labels = new("--labels")
    {
        Description = "shares of the training labels that are seen, each within the greater ones",
        HelpName = "SHARE,…",
        DefaultValueFactory = _ => "0.01,0.1,1",
    };

    private static readonly Option<int> _seeds = new("--seeds")
    {
        Description = "trainings of each, with the seeds 1 … N, which draw the labels that are seen, too",
        HelpName = "N",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<string?> _arms = new("--arms")
    {
        Description = string.Join("; ", ClassificationArm.All.Select(arm => $"{arm.Name}: {arm.Description}"))
            + " (default: all that fit but "
            + string.Join(", ", ClassificationArm.All.Where(arm => arm.IsAsked).Select(arm => arm.Name)) + ")",
        HelpName = "NAME,…",
    };

    private static readonly Option<string> _rates = new("--rates")
    {
        Description = "learning rates, of which the classifier alone chooses one for all arms at each share, by validation",
        HelpName = "RATE,…",
        DefaultValueFactory = _ => "0.001,0.003,0.01",
    };

    private static readonly Option<int> _steps = new("--steps")
    {
        Description = $"most steps of a training, a multiple of {new ClassifierOptions().ValidateEvery}",
        HelpName = "N",
        DefaultValueFactory = _ => new ClassifierOptions().Steps,
    };

    private static readonly Option<double> _adapterRate = new("--adapter-rate")
    {
        Description = "learning rate of the adapters",
        HelpName = "RATE",
        DefaultValueFactory = _ => new TransferOptions().LearningRate,
    };

    private static readonly Option<int> _cycle = new("--cycle")
    {
        Description = "steps between two transfers",
        HelpName = "N",
        DefaultValueFactory = _ => new TransferSchedule().Cycle!.Value,
    };

    private static readonly Option<double> _temperature = new("--temperature")
    {
        Description = "of a teacher's opinion",
        DefaultValueFactory = _ => new SoftLabelOptions().Temperature,
    };

    private static readonly Option<double> _weight = new("--teacher-weight")
    {
        Description = "a teacher's part of the loss, 0 to 1",
        DefaultValueFactory = _ => new SoftLabelOptions().Weight,
    };

    private static readonly Option<int> _count = new("--count")
    {
        Description = "of generated images",
        HelpName = "N",
        DefaultValueFactory = _ => 6000,
    };

    private static readonly Option<string[]> _pairs = new("--pair")
    {
        Description = "a matrix of the classifier and those of the source that it reads, such as blocks.0.key.weight=a.weight+b.weight; "
            + "may be repeated (default: those of the same kind, or all that fit)",
        HelpName = "TARGET=SOURCE",
    };

    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<string?> _run = CommonOptions.Run();
    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command("classify", "another model's knowledge in a classifier of titles or images, and what rivals it")
        {
            _data, _images, _from, _model, _labels, _seeds, _arms, _rates, _steps, _adapterRate, _cycle, _temperature, _weight,
            _count, _pairs, _threads, _run, _json,
        };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        var plan = Plan(parsed);
        var run = RunFolder.Choose(parsed.GetValue(_run), "experiment classify", "classify");
        RunStart.Announce(run);
        using var subject = WatchedRun.Show(progress => ClassifySubject.Open(plan, run, progress, cancel));
        var runs = new ClassifyRuns(plan, subject, run);
        var findings = plan.Shares.Select(share => ClassifyFinding.Of(runs, share, cancel)).ToArray();
        var result = Result(plan, subject, findings, run);
        run.Record(plan, new { subject.Examples.Hash, subject.Examples.Count, Source = subject.Source }, result);
        if (parsed.GetValue(_json)) JsonLine.Print(result);
        else foreach (var line in findings.SelectMany(finding => finding.Lines())) Terminal.Output.PrintLine(line);
        return 0;
    }

    private static ClassifyPlan Plan(ParseResult parsed)
    {
        var (data, images) = (parsed.GetValue(_data), parsed.GetValue(_images));
        if (data is null == images is null) throw new UsageException("give either --data or --images");
        if (parsed.GetValue(_seeds) < 1) throw new UsageException($"--seeds {parsed.GetValue(_seeds)}: 1 or more are expected");
        if (parsed.GetValue(_count) < 1) throw new UsageException($"--count {parsed.GetValue(_count)}: 1 or more are expected");
        var asked = parsed.GetValue(_model) ?? (data is null ? "imageCnn" : "textCnn");
        if ((asked == "imageCnn") == images is null)
            throw new UsageException($"--model {asked}: it does not read what {(data is null ? "--images" : "--data")} names");
        var rates = Numbers("--rates", parsed.GetRequiredValue(_rates));
        var options = new ClassifierOptions { Steps = parsed.GetValue(_steps) };
        foreach (var rate in rates) UsageException.ThrowIfAny((options with { LearningRate = rate }).Validate());
        var shares = Numbers("--labels", parsed.GetRequiredValue(_labels));
        if (shares.FirstOrDefault(share => share > 1) is var wrong and not 0)
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--labels {wrong}: a share in (0, 1] is expected"));
        var transfer = new TransferOptions
        {
            LearningRate = parsed.GetValue(_adapterRate),
            Schedule = new() { Cycle = parsed.GetValue(_cycle) },
        };
        UsageException.ThrowIfAny(transfer.Validate());
        var distillation = new SoftLabelOptions { Temperature = parsed.GetValue(_temperature), Weight = parsed.GetValue(_weight) };
        UsageException.ThrowIfAny(distillation.Validate());
        var from = parsed.GetRequiredValue(_from);
        return new()
        {
            Data = data,
            Images = images,
            From = from,
            Model = Enum.Parse<ClassifierKind>(asked, ignoreCase: true),
            Shares = shares,
            Seeds = parsed.GetValue(_seeds),
            Rates = rates,
            Options = options,
            Transfer = transfer,
            Distillation = distillation,
            Count = parsed.GetValue(_count),
            Pairs = Pairs(parsed.GetValue(_pairs) ?? []),
            Arms = Arms(parsed.GetValue(_arms), ClassifyPlan.EncoderOf(from) is not null && images is null),
        };
    }

    private static double[] Numbers(string option, string text) => [.. text.Split(',').Select(part =>
        double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 && double.IsFinite(number)
            ? number
            : throw new UsageException($"{option} {text}: '{part}' is no number above 0"))];

    private static ParameterPair[]? Pairs(string[] texts) => texts.Length == 0 ? null : [.. texts.Select(text =>
        text.Split('=') is [{ Length: > 0 } target, { Length: > 0 } sources]
            ? new ParameterPair(target, sources.Split('+'))
            : throw new UsageException($"--pair {text}: expected TARGET=SOURCE, or TARGET=SOURCE+SOURCE"))];

    private static ClassificationArm[] Arms(string? names, bool isEncoder)
    {
        if (names is null) return [.. ClassificationArm.All.Where(arm => !arm.IsAsked && (isEncoder || !arm.NeedsEncoder))];
        var arms = names.Split(',').Prepend(ClassificationArm.Alone.Name).Distinct().Select(name =>
            ClassificationArm.All.FirstOrDefault(arm => arm.Name == name) ?? throw new UsageException(
                $"--arms {name}: expected of {string.Join(", ", ClassificationArm.All.Select(arm => arm.Name))}")).ToArray();
        return arms.FirstOrDefault(arm => arm.NeedsEncoder && !isEncoder) is { } needy
            ? throw new UsageException(
                $"--arms {needy.Name}: it reads an encoder's words or vectors of titles; give --data and --from minilm")
            : arms;
    }

    private static object Result(ClassifyPlan plan, ClassifySubject subject, ClassifyFinding[] findings, RunFolder run) => new
    {
        plan.Model,
        plan.From,
        Examples = subject.Examples.Count,
        Labels = subject.Examples.Names,
        Training = subject.Split.Training.Count,
        Validation = subject.Split.Validation.Count,
        Test = subject.Split.Test.Count,
        plan.Seeds,
        Shares = findings.Select(finding => finding.Result()),
        Run = run.Path,
    };
}
