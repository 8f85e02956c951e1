using System.CommandLine;
using Tandem.Learning.Runs;
using Tandem.Simulation.Drift;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem experiment drift</c>: how many events models need after a switch of taste.</summary>
internal static class DriftVerb
{
    private static readonly Option<string?> _data = new("--data")
    {
        Description = "a prepared dataset folder, or a raw folder of a known layout, whose users are spliced (default: a generated world)",
        HelpName = "DIR",
    };

    private static readonly Option<int> _users = new("--users")
    {
        Description = "users to learn from; 0 for all of --data that are not asked",
        DefaultValueFactory = _ => 2000,
        HelpName = "N",
    };

    private static readonly Option<int> _epochs = new("--epochs")
    {
        Description = "most epochs of each training",
        DefaultValueFactory = _ => 30,
        HelpName = "N",
    };
    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<string?> _run = CommonOptions.Run();
    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command("drift", "events that ttt, its variants and controls, and sasrec need after a user's taste has switched")
        {
            _data, _users, _epochs, _seed, _threads, _run, _json,
        };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var options = new DriftOptions { Seed = parsed.GetValue(_seed), Epochs = parsed.GetValue(_epochs) };
        UsageException.ThrowIfAny(options.Validate());
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        var (study, settings) = Study(parsed.GetValue(_data), parsed.GetValue(_users), options);
        var run = RunFolder.Choose(parsed.GetValue(_run), "experiment drift", $"drift-{study.Dataset.Name}");
        run.Begin(study.Dataset);
        RunStart.Announce(run);
        var figures = WatchedRun.Show(progress => new DriftExperiment(study, options).Run(run.Path, progress, cancel));
        run.Record(settings, study.Dataset, figures);
        DriftReport.Write(study, options, figures, settings, run.File("report.html"));
        Print(parsed.GetValue(_json), study, settings, figures, run);
        return 0;
    }

    private static (DriftStudy Study, object Settings) Study(string? folder, int users, DriftOptions options)
    {
        if (folder is null)
        {
            var world = new DriftWorldOptions { Seed = options.Seed, Users = users };
            UsageException.ThrowIfAny(world.Validate());
            return (DriftStudy.Generate(world, options), new { Measure = options, World = world });
        }

        if (users < 0) throw new UsageException($"--users {users}: 0 or more are expected");
        var study = DriftStudy.Splice(DatasetArgument.OpenDataset(folder, options.Seed), users, options);
        return (study, new { Measure = options, Users = study.Learners.Count });
    }

    private static void Print(bool json, DriftStudy study, object settings, IReadOnlyList<DriftFigures> figures, RunFolder run)
    {
        if (json)
        {
            JsonLine.Print(new
            {
                Data = study.Dataset.Name,
                Users = study.Learners.Count,
                Asked = study.Histories.Length,
                Models = figures,
                Settings = settings,
                study.Dataset.Seed,
                DataHash = study.Dataset.Hash,
                Run = run.Path,
            });
            return;
        }

        Terminal.Output.PrintLine(string.Join(" | ", DriftReport.Columns));
        foreach (var row in DriftReport.Rows(figures)) Terminal.Output.PrintLine(string.Join(" | ", row));
        Terminal.Output.PrintLine($"→ {run.File("report.html")}");
    }
}
