using System.CommandLine;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Chat;
using Tandem.Cli.Chat;
using Tandem.Cloud;
using Tandem.Cloud.Access;
using Tandem.Cloud.Cluster;
using Tandem.Cloud.Devices;
using Tandem.Cloud.Experiments;
using Tandem.Cloud.Models;
using Tandem.Cloud.Stores;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem serve</c>: the cloud's side as a service.</summary>
internal static class ServeVerb
{
    public const string Name = "serve";

    /// <summary>Requests that are under way have 20 s when the service is interrupted; what is left is for closing.</summary>
    public static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(25);

    /// <summary>Names the store where <c>--store</c> does not.</summary>
    public const string StoreVariable = "TANDEM_STORE";

    private const string DefaultName = "default";
    private const string DefaultStore = "sqlite:tandem.db";

    private static readonly Argument<string[]> _runs = new("run")
    {
        Description = "folder of a finished training; with several, each with the name that it is served under",
        HelpName = "RUN|NAME=RUN",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> _store = StoreOption();

    private static readonly Option<string> _urls = new("--urls")
    {
        Description = "addresses to listen at, separated by commas; port 0 for a free one",
        DefaultValueFactory = _ => "http://127.0.0.1:5080",
        HelpName = "URL,URL",
    };

    private static readonly Option<bool> _open = new("--open") { Description = "answer devices without a key, too" };

    private static readonly Option<string[]> _runFolders = new("--run-folder")
    {
        Description = "folder that operators may load new runs from; may be repeated",
        HelpName = "DIR",
    };

    private static readonly Option<string?> _signingKey = new("--signing-key")
    {
        Description = "PEM file with an ECDSA P-256 private key, by which bundles are signed",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> _origins = new("--origin")
    {
        Description = "origin whose pages may ask from a browser, such as https://shop.example; may be repeated",
        HelpName = "URL",
    };

    private static readonly Option<string?> _authority = new("--token-authority")
    {
        Description = "accept tokens (JWT) of this identity provider",
        HelpName = "URL",
    };

    private static readonly Option<string?> _tokenKey = new("--token-key")
    {
        Description = "accept tokens (JWT) signed by this public key, a PEM file",
        HelpName = "FILE",
    };

    private static readonly Option<string?> _issuer = new("--token-issuer") { Description = "who the tokens are from", HelpName = "NAME" };
    private static readonly Option<string> _audience = new("--token-audience")
    {
        Description = "whom the tokens are for",
        DefaultValueFactory = _ => "tandem",
        HelpName = "NAME",
    };

    private static readonly Option<double> _deadline = new("--deadline")
    {
        Description = "longest time for an answer, in seconds",
        DefaultValueFactory = _ => 5,
        HelpName = "SECONDS",
    };

    private static readonly Option<double?> _retention = new("--keep-days")
    {
        Description = "delete events that are older (default: keep them)",
        HelpName = "DAYS",
    };

    private static readonly Option<int> _devicePerSecond = new("--device-rate")
    {
        Description = "requests a second of one device; five times as many at once",
        DefaultValueFactory = _ => new RateOptions().DevicePerSecond,
        HelpName = "N",
    };

    private static readonly Option<int> _waiting = new("--queue")
    {
        Description = "most requests that wait for a model; what comes then is refused",
        DefaultValueFactory = _ => new BatchQueueOptions().MostWaiting,
        HelpName = "N",
    };

    private static readonly Option<string[]> _fallbacks = new("--fallback")
    {
        Description = "name of a served model that is asked where the first makes no list in time; may be repeated",
        HelpName = "NAME",
    };

    private static readonly Option<double> _patience = new("--patience")
    {
        Description = "time that a model has before its fallback is asked, in seconds",
        DefaultValueFactory = _ => 1,
        HelpName = "SECONDS",
    };

    private static readonly Option<string?> _chat = ChatArgument.Create();

    private static readonly Option<string?> _experiments = new("--experiments")
    {
        Description = "a file of experiments: arms over the devices, by model and rules (docs/cloud.md)",
        HelpName = "FILE",
    };

    private static readonly Option<string?> _codes = new("--item-codes")
    {
        Description = "codes of the items ('tandem codes learn'), for devices that tell codes in place of items",
        HelpName = "FILE",
    };

    private static readonly Option<int> _leastItems = new("--least-items")
    {
        Description = "with --item-codes: items that share a code at least",
        DefaultValueFactory = _ => new PrivacyOptions().LeastItems,
        HelpName = "N",
    };

    private static readonly Option<string?> _budget = new("--budget")
    {
        Description = "calls to models that a device may cause, such as 100/day, 20/hour or 5/minute (default: any number)",
        HelpName = "N/TIME",
    };

    private static readonly Option<string?> _cluster = new("--cluster")
    {
        Description = "be one of the machines of this name, which share a PostgreSQL store",
        HelpName = "NAME",
    };

    private static readonly Option<string> _clusterAddress = new("--cluster-address")
    {
        Description = "by which the other machines reach this one, and a port where it is not to be a free one",
        DefaultValueFactory = _ => "127.0.0.1",
        HelpName = "IP[:PORT]",
    };

    private static readonly Option<Uri?> _telemetry = new("--telemetry")
    {
        Description = "address of an OpenTelemetry collector (OTLP over gRPC)",
        HelpName = "URL",
    };

    private static readonly Option<int> _threads = new("--threads")
    {
        Description = "threads that a model's batch is computed on (default: half of the processors, for the others answer)",
        DefaultValueFactory = _ => Math.Max(1, Environment.ProcessorCount / 2),
    };

    private static readonly Option<bool> _json = new("--json") { Description = "print one JSON object when the service listens" };

    public static Option<string?> StoreOption() => new("--store")
    {
        Description = $"where events and keys are kept (default: the variable {StoreVariable}, or {DefaultStore})",
        HelpName = "sqlite:FILE|postgres:CONN",
    };

    /// <summary>The store that is asked for. A variable holds what no list of processes and no help text is to show.</summary>
    public static string StoreOf(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) ?? (Environment.GetEnvironmentVariable(StoreVariable) is { Length: > 0 } named ? named : DefaultStore);

    public static Command Create()
    {
        var verb = new Command(Name, "serve lists, weights, bundles and the store of events over HTTP until it is interrupted")
        {
            _runs, _store, _urls, _open, _origins, _runFolders, _signingKey, _authority, _tokenKey, _issuer, _audience, _deadline,
            _retention, _devicePerSecond, _budget, _waiting, _fallbacks, _patience, _chat, _experiments, _codes, _leastItems,
            _cluster, _clusterAddress, _telemetry, _threads, _json,
        };
        verb.SetAction(RunAsync);
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        using var chat = ChatArgument.Open(parsed.GetValue(_chat));
        var options = WithChat(Options(parsed), chat);
        var app = await CloudService.CreateAsync(options, Log, cancel).ConfigureAwait(false);
        await using (app.ConfigureAwait(false))
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
            if (chat is not null) Terminal.Error.PrintLine(ChatArgument.Notice(chat));
            await TellAsync(app, options, parsed.GetValue(_json), cancel).ConfigureAwait(false);
            await app.WaitForShutdownAsync(cancel).ConfigureAwait(false);
            if (chat is not null) Terminal.Error.PrintLine(ChatArgument.Text(chat.Counts));
        }

        return 0;
    }

    private static CloudOptions Options(ParseResult parsed)
    {
        var perSecond = parsed.GetValue(_devicePerSecond);
        return new()
        {
            Models = [.. parsed.GetRequiredValue(_runs).Select(Named)],
            Store = StoreOf(parsed, _store),
            Urls = parsed.GetRequiredValue(_urls).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            SigningKey = parsed.GetValue(_signingKey),
            Cluster = parsed.GetValue(_cluster) is { } name ? Cluster(name, parsed.GetRequiredValue(_clusterAddress)) : null,
            Access = new()
            {
                AllowAnonymous = parsed.GetValue(_open),
                Origins = parsed.GetValue(_origins) ?? [],
                Tokens = Tokens(parsed),
                Rates = new() { DevicePerSecond = perSecond, DeviceBurst = 5 * perSecond },
            },
            Limits = new() { Deadline = TimeSpan.FromSeconds(parsed.GetValue(_deadline)) },
            Queue = new() { MostWaiting = parsed.GetValue(_waiting) },
            Privacy = new() { CodesFile = parsed.GetValue(_codes), LeastItems = parsed.GetValue(_leastItems) },
            Lists = new()
            {
                Fallbacks = parsed.GetValue(_fallbacks) ?? [],
                Patience = TimeSpan.FromSeconds(parsed.GetValue(_patience)),
            },
            Experiments = parsed.GetValue(_experiments) is { } file ? ExperimentFile.Read(file) : [],
            Devices = new() { Budget = parsed.GetValue(_budget) is { } budget ? Budget(budget) : null },
            Retention = new() { Longest = parsed.GetValue(_retention) is { } days ? TimeSpan.FromDays(days) : null },
            Operators = new() { RunFolders = parsed.GetValue(_runFolders) ?? [] },
            Telemetry = parsed.GetValue(_telemetry),
        };
    }

    /// <summary>A list that is there when its time is up would be lost, so the chat model's time ends before the list's.</summary>
    private static CloudOptions WithChat(CloudOptions options, ChatModel? chat)
    {
        if (chat is null) return options;
        var (longest, option) = options.Lists.Fallbacks.Count > 0 && options.Lists.Patience < options.Limits.Deadline
            ? (options.Lists.Patience, "--patience")
            : (options.Limits.Deadline, "--deadline");
        if (chat.Options.Deadline < longest) return options with { Ranker = catalog => ChatArgument.RankerOf(chat, catalog) };
        throw new UsageException(string.Create(
            CultureInfo.InvariantCulture,
            $"--chat: its deadline of {chat.Options.Deadline.TotalSeconds} s is not within the {longest.TotalSeconds} s of {option}; "
                + $"shorten the one in the file or lengthen {option}"));
    }

    private static DeviceBudget Budget(string asked)
    {
        TimeSpan? window = asked.Split('/') is [_, var unit] ? unit switch
        {
            "day" => TimeSpan.FromDays(1),
            "hour" => TimeSpan.FromHours(1),
            "minute" => TimeSpan.FromMinutes(1),
            _ => null,
        } : null;
        return window is { } length && int.TryParse(asked.Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var calls)
            ? new(calls, length)
            : throw new UsageException($"--budget {asked}: expected a number and day, hour or minute, such as 100/day");
    }

    private static ClusterOptions Cluster(string name, string address) => IPEndPoint.TryParse(address, out var end)
        ? new() { Name = name, Address = end.Address, Port = end.Port }
        : throw new UsageException($"--cluster-address {address}: no IP address");

    private static TokenOptions? Tokens(ParseResult parsed) =>
        parsed.GetValue(_authority) is null && parsed.GetValue(_tokenKey) is null
            ? null
            : new()
            {
                Authority = parsed.GetValue(_authority),
                PublicKey = parsed.GetValue(_tokenKey),
                Issuer = parsed.GetValue(_issuer),
                Audience = parsed.GetRequiredValue(_audience),
            };

    private static KeyValuePair<string, string> Named(string run) =>
        run.IndexOf('=', StringComparison.Ordinal) is var sign and > 0 && !Directory.Exists(run)
            ? new(run[..sign], run[(sign + 1)..])
            : new(DefaultName, run);

    /// <summary>Logs are for whoever watches, so they go to standard error; what scripts read is on standard output.</summary>
    private static void Log(WebApplicationBuilder builder)
    {
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static async Task TellAsync(WebApplication app, CloudOptions options, bool json, CancellationToken cancel)
    {
        var store = app.Services.GetRequiredService<IStore>();
        var models = CloudService.ModelsOf(app);
        if (json)
        {
            JsonLine.Print(new { app.Urls, Store = store.Description, Models = models });
            return;
        }

        foreach (var model in models)
        {
            Terminal.Output.PrintLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{model.Name}: {model.Kind} {model.Version}, {model.Items} items"
                    + $"{(model.BundleVersion is null ? ", no bundle for devices" : "")}"
                    + $"{(model.Parameters ? ", weights for users" : "")}"));
        }

        Terminal.Output.PrintLine($"store: {store.Description}");
        if (!options.Access.AllowAnonymous && (await store.Keys.ListAsync(cancel).ConfigureAwait(false)).Count == 0)
        {
            Terminal.Output.PrintLine("no key can be accepted yet: stop, make one with 'tandem keys add APP', or serve with --open"
                + (options.Access.Tokens is null ? "" : " (tokens are accepted)"));
        }

        foreach (var url in app.Urls) Terminal.Output.PrintLine($"listening at {url}, described at {url}/docs");
    }
}
