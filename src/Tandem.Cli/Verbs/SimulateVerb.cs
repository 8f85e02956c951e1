using System.CommandLine;
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
    private static readonly Option<int> _lag = new("--lag")
    {
        Description = "newest events that the cloud has not received",
        DefaultValueFactory = _ => 2,
    };

    private static readonly Option<int> _list = new("--list") { Description = "items on a list", DefaultValueFactory = _ => 50 };
    private static readonly Option<double[]> _rates = new("--rates")
    {
        Description = "shares of users whose device may ask for a new list",
        DefaultValueFactory = _ => [0, 0.2, 1],
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<FusionKind> _fusion = new("--fusion")
    {
        Description = "how the two sides' scores are joined",
        DefaultValueFactory = _ => FusionKind.Calibrated,
    };

    private static readonly Option<bool> _repeats = new("--repeats") { Description = "recommend items that the user already has, too" };
    private static readonly Option<string?> _device = new("--device")
    {
        Description = "folder of a finished 'tandem train' of a sequence model on this data under the protocol loo: its model in "
            + "place of training one",
        HelpName = "RUN",
    };

    private static readonly Option<string?> _cloud = new("--cloud")
    {
        Description = "folder of a finished 'tandem simulate' on this data with these settings, or of a finished 'tandem train' under the "
            + "protocol loo: its model in place of training a cloud model",
        HelpName = "RUN",
    };

    private static readonly Option<string?> _deviceConfig = new("--device-config")
    {
        Description = "settings of the device model, such as configs/beauty/sasrec-successors.json (default: SASRec with its paper's "
            + "blocks)",
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
            _data, _lag, _list, _rates, _fusion, _repeats, _device, _cloud, _deviceConfig, _deviceEpochs, _cloudEpochs,
            _seed, _threads, _run, _json,
        };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var seed = parsed.GetValue(_seed);
        var device = parsed.GetValue(_device);
        var options = new SimulationOptions
        {
            Seed = seed,
            Lag = parsed.GetValue(_lag),
            ListLength = parsed.GetValue(_list),
            RequestRates = parsed.GetRequiredValue(_rates),
            Fusion = parsed.GetValue(_fusion),
            ExcludeConsumed = !parsed.GetValue(_repeats),
            Device = device is null
                ? Recipe(parsed, seed)
                : TakenModels.DeviceRecipe(device, parsed.GetValue(_deviceConfig), parsed.GetValue(_deviceEpochs)),
            Cloud = SimulationRun.CloudRecipe(parsed.GetValue(_cloudEpochs), seed),
        };
        UsageException.ThrowIfAny(options.Validate());
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        var (dataset, _) = DatasetArgument.Open(parsed.GetRequiredValue(_data), seed);
        var trained = TakenModels.Open(device, parsed.GetValue(_cloud), dataset, options);
        return SimulationRun.Start(dataset, options, trained, parsed.GetValue(_run), parsed.GetValue(_json), cancel);
    }

    private static SequenceRecipe Recipe(ParseResult parsed, int seed) =>
        SimulationRun.DeviceRecipe(parsed.GetValue(_deviceConfig), parsed.GetValue(_deviceEpochs), seed);
}
