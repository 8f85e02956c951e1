using System.CommandLine;
using System.Globalization;
using Tandem.Cli.Service;
using Tandem.Cloud.Stores;
using Tandem.Data;
using Tandem.Learning.Runs;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem retrain</c>: a served model trained again on what devices reported, and served where it is better.</summary>
internal static class RetrainVerb
{
    private static readonly Argument<string> _run = new("run") { Description = "folder of the run that serves", HelpName = "RUN" };

    private static readonly Option<string?> _store = new("--store")
    {
        Description = $"where the events are kept (default without --cloud: the variable {ServeVerb.StoreVariable}); a SQLite file has to "
            + "be free, so ask a service that runs by --cloud",
        HelpName = "sqlite:FILE|postgres:CONN",
    };

    private static readonly Option<string?> _cloud = new("--cloud")
    {
        Description = "address of the service: events are read from it, unless --store is given, and the new run is served by it",
        HelpName = "URL",
    };

    private static readonly Option<string?> _key = new("--key")
    {
        Description = "an operator's API key (default: the variable TANDEM_KEY)",
        HelpName = "KEY",
    };

    private static readonly Option<string> _app = new("--app")
    {
        Description = "with --store: the app whose events are learned",
        DefaultValueFactory = _ => "default",
        HelpName = "APP",
    };

    private static readonly Option<string> _name = new("--name")
    {
        Description = "under which the service serves the model",
        DefaultValueFactory = _ => "default",
        HelpName = "NAME",
    };

    private static readonly Option<string> _out = new("--out")
    {
        Description = "folder of the new runs, one of those that the service may load from (--run-folder)",
        DefaultValueFactory = _ => "runs",
        HelpName = "DIR",
    };

    private static readonly Option<double> _held = new("--held")
    {
        Description = "share of the reported events, the newest, that old and new model are compared on",
        DefaultValueFactory = _ => new RetrainingOptions().Held,
    };

    private static readonly Option<double> _gate = new("--gate")
    {
        Description = "least lower end of the 95 % interval of NDCG@10, new less old, with which the new model is served",
        DefaultValueFactory = _ => new RetrainingOptions().Gate,
    };

    private static readonly Option<int> _leastUsers = new("--least-users")
    {
        Description = "users with events to compare on that there must be",
        DefaultValueFactory = _ => new RetrainingOptions().LeastUsers,
    };

    private static readonly Option<double?> _every = new("--every")
    {
        Description = "do so again and again, with so many hours from one beginning to the next, until it is interrupted",
        HelpName = "HOURS",
    };

    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command("retrain", "train a served model again on reported events, and serve it where it is better")
        {
            _run, _store, _cloud, _key, _app, _name, _out, _held, _gate, _leastUsers, _every, _threads, _json,
        };
        verb.SetAction(RunAsync);
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        if (parsed.GetValue(_every) is not (null or > 0)) throw new UsageException("--every: expected more than 0 hours");
        if (StoreOf(parsed) is null && parsed.GetValue(_cloud) is null)
            throw new UsageException("there are no events to learn from: give --store or --cloud");
        using var service = parsed.GetValue(_cloud) is { } address ? new OperatedService(address, parsed.GetValue(_key)) : null;
        var served = parsed.GetRequiredValue(_run);
        for (var known = -1; ;)
        {
            var began = TimeProvider.System.GetTimestamp();
            try
            {
                var events = await EventsAsync(parsed, service, cancel).ConfigureAwait(false);
                if (events.Count != known) served = await OnceAsync(parsed, served, events, service, cancel).ConfigureAwait(false);
                else Terminal.Error.PrintLine("no event came since the last time");
                known = events.Count;
            }
            catch (Exception e) when (parsed.GetValue(_every) is not null && e is UsageException or RunException or StoreException)
            {
                Terminal.Error.PrintLine($"{e.Message}; the next time tries again");
            }

            if (parsed.GetValue(_every) is not { } hours) return 0;
            var rest = TimeSpan.FromHours(hours) - TimeProvider.System.GetElapsedTime(began);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, cancel).ConfigureAwait(false);
        }
    }

    private static string? StoreOf(ParseResult parsed) =>
        parsed.GetValue(_store) ?? (parsed.GetValue(_cloud) is null ? Environment.GetEnvironmentVariable(ServeVerb.StoreVariable) : null);

    /// <summary>Trains, compares, and has the new run served where it passes.</summary>
    /// <returns>The run that serves now.</returns>
    private static async Task<string> OnceAsync(
        ParseResult parsed, string served, IReadOnlyList<Interaction> events, OperatedService? service, CancellationToken cancel)
    {
        var time = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var folder = Path.Combine(parsed.GetRequiredValue(_out), $"retrained-{time}");
        var run = RunFolder.Choose(folder, "train", folder);
        var options = new RetrainingOptions
        {
            Held = parsed.GetValue(_held),
            Gate = parsed.GetValue(_gate),
            LeastUsers = parsed.GetValue(_leastUsers),
        };
        if (options.Validate().ToArray() is [_, ..] faults) throw new UsageException(string.Join("; ", faults));
        var result = WatchedRun.Show(progress => Retraining.Start(served, events, run, options, progress, cancel));
        var isServed = result.Passes && service is not null;
        if (isServed) await service!.ServeAsync(parsed.GetRequiredValue(_name), Path.GetFullPath(folder), cancel).ConfigureAwait(false);
        Tell(parsed, folder, result, isServed);
        return result.Passes ? folder : served;
    }

    private static void Tell(ParseResult parsed, string folder, RetrainingResult result, bool isServed)
    {
        if (parsed.GetValue(_json))
        {
            JsonLine.Print(new
            {
                Run = folder,
                result.Passes,
                Served = isServed,
                result.Reason,
                result.Comparison,
                result.Learned,
                result.Held,
                result.LeftOut,
            });
            return;
        }

        Terminal.Output.PrintLine($"{folder}: learned {result.Learned} reported events, compared on {result.Held}"
            + (result.LeftOut > 0 ? $", left out {result.LeftOut} of items that the model does not know" : ""));
        Terminal.Output.PrintLine(result.Reason);
        Terminal.Output.PrintLine(isServed ? "it is served now"
            : result.Passes ? $"it may serve: POST /v1/models/NAME with this folder, or 'tandem serve {folder}'"
            : "it is not served");
    }

    private static async Task<IReadOnlyList<Interaction>> EventsAsync(
        ParseResult parsed, OperatedService? service, CancellationToken cancel)
    {
        if (StoreOf(parsed) is not { } address) return await service!.EventsAsync(cancel).ConfigureAwait(false);
        var store = await Store.OpenAsync(address, cancel: cancel).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await store.Events.ReadAsync(parsed.GetRequiredValue(_app), cancel: cancel)
                .Select(e => new Interaction(e.Device.Id, e.Event.Item, e.Received, e.Event.Value)).ToListAsync(cancel)
                .ConfigureAwait(false);
        }
    }
}
