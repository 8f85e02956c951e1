using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Tandem.Learning.Runs;
using Tandem.Reports;
using Tandem.Simulation;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem train together</c>: the device's model goes on with the cloud's lists, then with new events.</summary>
internal static class TrainTogetherVerb
{
    private static readonly CollaborativeOptions _defaults = new() { Cloud = "", Device = "" };
    private static readonly Option<string> _data = CommonOptions.Data();
    private static readonly Option<string?> _run = CommonOptions.Run();
    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<bool> _json = CommonOptions.Json();
    private static readonly Option<string> _cloud = new("--cloud")
    {
        Description = "folder of a finished 'tandem train' under loo-age-N: its model makes lists for the N events that it has not learned",
        HelpName = "RUN",
        Required = true,
    };

    private static readonly Option<string> _device = new("--device")
    {
        Description = "folder of a finished 'tandem train' of a sequence model under the same protocol: the device's, trained by itself",
        HelpName = "RUN",
        Required = true,
    };

    private static readonly Option<double[]> _weights = new("--list-weight")
    {
        Description = "weight of the lists' loss; of several, the best by validation is kept",
        DefaultValueFactory = _ => [.. _defaults.ListWeights],
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> _epochs = new("--epochs")
    {
        Description = "most epochs of each stage",
        DefaultValueFactory = _ => _defaults.Epochs,
    };

    private static readonly Option<double> _rate = new("--learning-rate")
    {
        Description = "greatest learning rate of each stage",
        DefaultValueFactory = _ => _defaults.LearningRate,
    };

    private static readonly Option<double> _anchor = new("--anchor")
    {
        Description = "strength of the L2-SP penalty of re-training: share of the change of weights removed after each step",
        DefaultValueFactory = _ => _defaults.Anchor,
    };

    public static Command Create()
    {
        var verb = new Command("together", "cooperative training with a cloud's lists, then re-training on new events")
        {
            _data, _cloud, _device, _weights, _epochs, _rate, _anchor, _seed, _threads, _run, _json,
        };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var options = new CollaborativeOptions
        {
            Cloud = parsed.GetRequiredValue(_cloud),
            Device = parsed.GetRequiredValue(_device),
            ListWeights = parsed.GetRequiredValue(_weights),
            Epochs = parsed.GetValue(_epochs),
            LearningRate = parsed.GetValue(_rate),
            Anchor = parsed.GetValue(_anchor),
        };
        UsageException.ThrowIfAny(options.Validate());
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        var data = parsed.GetRequiredValue(_data);
        var (dataset, _) = DatasetArgument.Open(data, parsed.GetValue(_seed));
        var run = RunFolder.Choose(parsed.GetValue(_run), "train together", $"together-{dataset.Name}");
        run.Begin(dataset);
        RunStart.Announce(run);
        var stages = WatchedRun.Show(progress => new CollaborativeTraining(options, dataset, run, progress, data).Run(cancel));
        var result = new
        {
            options.Cloud,
            options.Device,
            Stages = stages,
            dataset.Seed,
            DataHash = dataset.Hash,
            TotalSeconds = clock.Elapsed.TotalSeconds,
            Run = run.Path,
        };
        run.Record(options, dataset, result);
        Report(stages, options, dataset.Name, run.File("report.html"));
        if (parsed.GetValue(_json)) JsonLine.Print(result);
        else Print(stages, run);
        return 0;
    }

    private static readonly string[] _columns = ["stage", "trained under", "list weight", "validation", "Recall@10", "NDCG@10", "over"];

    private static string[] Row(CollaborativeStage stage) =>
    [
        stage.Name, stage.Protocol, Text(stage.ListWeight, "0.###"), Text(stage.Validation, "0.0000"), Text(stage.Recall, "0.0000"),
        Text(stage.Ndcg, "0.0000"), stage.Over is null ? "" : $"{stage.Over}: {HtmlReport.Text(stage.Interval)}",
    ];

    private static void Report(IReadOnlyList<CollaborativeStage> stages, CollaborativeOptions options, string data, string path) =>
        new Page($"{data}: device and cloud trained together")
            .Paragraph("NDCG@10 of the test events, full ranking; differences are paired by user, with 95 % intervals.")
            .Table(_columns, stages.Select(Row), textColumns: 2)
            .Heading("Settings")
            .Json(options)
            .Write(path);

    private static void Print(IReadOnlyList<CollaborativeStage> stages, RunFolder run)
    {
        var table = new Table().AddColumns(_columns);
        foreach (var stage in stages) table.AddRow(Row(stage));
        Terminal.Output.Write(table);
        Terminal.Output.PrintLine($"report: {run.File("report.html")}");
    }

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
