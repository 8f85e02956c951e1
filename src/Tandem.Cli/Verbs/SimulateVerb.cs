using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tandem.Cli.Chat;
using Tandem.Learning.Training;
using Tandem.Simulation;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem simulate</c>: from raw files to the table of modes and request rates.</summary>
internal static class SimulateVerb
{
    private static readonly Option<string> _data = CommonOptions.Data();
    private static readonly Option<string?> _run = CommonOptions.Run();
    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<bool> _json = CommonOptions.Json();
    private static readonly Option<SimulationMode> _mode = new("--mode")
    {
        Description = "clean, or paper: LSC4Rec's published windows, fusions and requests, seen items ranked",
        DefaultValueFactory = _ => SimulationMode.Clean,
    };

    private static readonly Option<ItemNumbering> _numbering = new("--numbering")
    {
        Description = "of --mode paper: by which numbers its cloud writes items, random ones or those of first appearance, which tell what "
            + "comes next",
        DefaultValueFactory = _ => ItemNumbering.Random,
    };

    private static readonly Option<int> _lag = new("--lag")
    {
        Description = "newest events that the cloud has not received",
        DefaultValueFactory = _ => 2,
    };

    private static readonly Option<int> _list = new("--list") { Description = "items on a list", DefaultValueFactory = _ => 50 };
    private static readonly Option<string> _rates = new("--rates")
    {
        Description = "percent of views at which the device may ask for a new list, such as 0,5,20,100",
        DefaultValueFactory = _ => "0,20,100",
        HelpName = "PERCENT,…",
    };

    private static readonly Option<RequestKind[]> _policies = new("--policy")
    {
        Description = "who decides on requests between 0 and 100 %: expected-gain, consistency, random, every-events (default: the first "
            + "three)",
        DefaultValueFactory = _ => [RequestKind.ExpectedGain, RequestKind.Consistency, RequestKind.Random],
        AllowMultipleArgumentsPerToken = true,
        CustomParser = Policies,
    };

    private static readonly Option<int> _own = new("--own")
    {
        Description = "the device's own best items that the learned fusion ranks with the list's",
        DefaultValueFactory = _ => 50,
    };

    private static readonly Option<int> _views = new("--views")
    {
        Description = "last events of each history that are played with a decision after each",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<DeviceItems> _items = new("--device-items")
    {
        Description = "all: the device holds the whole table; slices: only rows that came with lists",
        DefaultValueFactory = _ => DeviceItems.All,
    };

    private static readonly Option<int> _itemLimit = new("--item-limit")
    {
        Description = "rows that fit on a device with slices",
        DefaultValueFactory = _ => 2_000,
    };

    private static readonly Option<int> _age = new("--bundle-age")
    {
        Description = "training events of each user that the device's model does not know: --device-run is one of the protocol loo-age-N",
    };

    private static readonly Option<bool> _faults = new("--faults")
    {
        Description = "10 % of answers lost, 10 % late by 3 events, 5 % repeated, 5 % reordered, 10 % of users offline for 5 events",
    };

    private static readonly Option<DeviceKnowledge?> _knowledge = new("--device")
    {
        Description = "what the device's model has to be made of: behaviour (events and counts alone) or compiled (text, too)",
    };

    private static readonly Option<string?> _lists = new("--lists")
    {
        Description = "folder that keeps the lists of --cloud, for other simulations with them (default: none)",
        HelpName = "DIR",
    };

    private static readonly Option<FusionKind> _fusion = new("--fusion")
    {
        Description = "how the two sides' scores are joined",
        DefaultValueFactory = _ => FusionKind.Learned,
    };

    private static readonly Option<double> _callPrice = new("--price-per-call")
    {
        Description = "for the cost of a thousand views, in any currency",
    };

    private static readonly Option<double> _tokenPrice = new("--price-per-million-tokens")
    {
        Description = "the same, of what a language model reads and writes",
    };

    private static readonly Option<bool> _repeats = new("--repeats") { Description = "recommend items that the user already has, too" };
    private static readonly Option<string?> _device = new("--device-run")
    {
        Description = "folder of a finished 'tandem train' of a sequence model on this data under the protocol loo: its model in "
            + "place of training one",
        HelpName = "RUN",
    };

    private static readonly Option<string?> _cloud = new("--cloud")
    {
        Description = "folder of a finished 'tandem simulate' on this data with these settings, or of a finished 'tandem train' under the "
            + "protocol loo, or the address of 'tandem serve': its lists in place of training a cloud model",
        HelpName = "RUN|URL",
    };

    private static readonly Option<string?> _key = new("--key")
    {
        Description = "API key of the service that --cloud names",
        HelpName = "KEY",
    };

    private static readonly Option<bool> _private = new("--private")
    {
        Description = "tell the service that --cloud names codes that many items share, and no items",
    };

    private static readonly Option<string?> _chat = ChatArgument.Create();

    private static readonly Option<string?> _deviceConfig = new("--device-config")
    {
        Description = "settings of the device model, such as configs/beauty/sasrec-successors.json (default: SASRec with its paper's "
            + "blocks; in --mode paper LSC4Rec's)",
        HelpName = "FILE",
    };

    private static readonly Option<int?> _deviceEpochs = new("--device-epochs")
    {
        Description = "most epochs of the device model (default: the configuration's, or 80)",
    };
    private static readonly Option<int> _cloudEpochs = new("--cloud-epochs")
    {
        Description = "most epochs of the cloud model",
        DefaultValueFactory = _ => 40,
    };

    public static Command Create()
    {
        var verb = new Command("simulate", "replay test users through the device runtime against a cloud model")
        {
            _data, _mode, _numbering, _cloud, _chat, _key, _private,
            _device, _knowledge, _items, _itemLimit, _age, _lag, _views, _list, _own, _rates,
            _policies, _fusion, _faults, _callPrice, _tokenPrice, _repeats, _lists, _deviceConfig, _deviceEpochs,
            _cloudEpochs, _seed, _threads, _run,
            _json,
        };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var seed = parsed.GetValue(_seed);
        var device = parsed.GetValue(_device);
        var mode = parsed.GetValue(_mode);
        var options = new SimulationOptions
        {
            Mode = mode,
            Numbering = parsed.GetValue(_numbering),
            Seed = seed,
            Lag = parsed.GetValue(_lag),
            ListLength = parsed.GetValue(_list),
            Views = parsed.GetValue(_views),
            OwnCandidates = parsed.GetValue(_own),
            DeviceItems = parsed.GetValue(_items),
            ItemLimit = parsed.GetValue(_itemLimit),
            BundleAge = parsed.GetValue(_age),
            Faults = parsed.GetValue(_faults) ? FaultOptions.Usual : new(),
            PricePerCall = parsed.GetValue(_callPrice),
            PricePerMillionTokens = parsed.GetValue(_tokenPrice),
            Policies = parsed.GetRequiredValue(_policies),
            RequestRates = Rates(parsed.GetRequiredValue(_rates)),
            Fusion = parsed.GetValue(_fusion),
            ExcludeConsumed = mode == SimulationMode.Clean && !parsed.GetValue(_repeats),
            Device = device is null
                ? Recipe(parsed, seed)
                : TakenModels.DeviceRecipe(device, parsed.GetValue(_deviceConfig), parsed.GetValue(_deviceEpochs)),
            Cloud = SimulationRun.CloudRecipe(parsed.GetValue(_cloudEpochs), seed),
        };
        UsageException.ThrowIfAny(options.Validate());
        if (options.Numbering != ItemNumbering.Random && parsed.GetValue(_cloud) is not null)
            throw new UsageException("--numbering is of the cloud's model that is trained here; leave it or --cloud out");
        TakenModels.RequireKnowledge(parsed.GetValue(_knowledge), options.Device, device);
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        var (dataset, _) = DatasetArgument.Open(parsed.GetRequiredValue(_data), seed);
        using var chat = ChatArgument.Open(parsed.GetValue(_chat));
        var trained = TakenModels.Open(
            device, parsed.GetValue(_cloud), parsed.GetValue(_key), parsed.GetValue(_private), parsed.GetValue(_lists), chat, dataset,
            options);
        if (chat is not null) Terminal.Error.PrintLine(ChatArgument.Notice(chat));
        var code = SimulationRun.Start(dataset, options, trained, parsed.GetValue(_run), parsed.GetValue(_json), cancel);
        if (chat is not null) Terminal.Error.PrintLine(ChatArgument.Text(chat.Counts));
        return code;
    }

    private static double[] Rates(string percents) =>
    [
        .. percents.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(percent =>
            double.TryParse(percent, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate is >= 0 and <= 100
                ? rate / 100
                : throw new UsageException(
                    $"--rates {percents}: '{percent}' is no percentage; expected numbers from 0 to 100 between commas")),
    ];

    /// <summary>Names as tables print them, expected-gain, or as the kind is called.</summary>
    private static RequestKind[] Policies(ArgumentResult given)
    {
        var kinds = new List<RequestKind>();
        foreach (var name in given.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (Enum.TryParse<RequestKind>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var kind)
                && Enum.IsDefined(kind))
            {
                kinds.Add(kind);
            }
            else
            {
                given.AddError($"--policy {name}: no such policy; expected expected-gain, consistency, random or every-events");
            }
        }

        return [.. kinds];
    }

    private static SequenceRecipe Recipe(ParseResult parsed, int seed) =>
        parsed.GetValue(_mode) == SimulationMode.Paper && parsed.GetValue(_deviceConfig) is null
            ? PublishedDevice.Recipe(seed, parsed.GetValue(_deviceEpochs))
            : SimulationRun.DeviceRecipe(parsed.GetValue(_deviceConfig), parsed.GetValue(_deviceEpochs), seed);
}
