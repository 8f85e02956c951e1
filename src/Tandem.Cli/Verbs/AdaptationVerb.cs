using System.CommandLine;
using System.Globalization;
using Tandem.Cli.Models;
using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;
using Tandem.Device;
using Tandem.Device.Learning;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Simulation;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem experiment adapt RUN</c>: NDCG@10 of the device with and without learning from its user's events.</summary>
internal static class AdaptationVerb
{
    private static readonly Argument<string> _run = new("run") { Description = "folder of a training run with a bundle", HelpName = "RUN" };
    private static readonly Option<bool> _test =
        new("--test") { Description = "ask for test events; default: validation events, by which settings are chosen" };
    private static readonly Option<int> _users = new("--users")
    {
        Description = "only so many users, drawn at random; 0 for all",
        HelpName = "N",
    };
    private static readonly Option<string?> _cloud = new("--cloud")
    {
        Description = "folder of a finished 'tandem train' on the same data: its model's lists, of which listNegatives are learned against",
        HelpName = "RUN",
    };
    private static readonly Option<int?> _seed = CommonOptions.OptionalSeed();
    private static readonly Option<bool> _json = CommonOptions.Json();
    private static readonly Option<string[]> _set = new("--set")
    {
        Description = "one setting of the learning, such as rate=0.01 or part=lastBlock; may be repeated",
        HelpName = "NAME=VALUE",
    };

    public static Command Create()
    {
        var verb = new Command("adapt", "the device before and after it learns from its user's events") { _run, _test, _users,
            _cloud, _set, _seed, _json };
        verb.SetAction(Run);
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(_run);
        var options = Options(parsed.GetValue(_set) ?? [], parsed.GetValue(_seed));
        var (recipe, split, device) = Open(folder);
        var phase = parsed.GetValue(_test) ? split.Test : split.Validation;
        var seed = options.Seed;
        var events = Draw(AdaptationExperiment.LastOfEach(phase), parsed.GetValue(_users), seed);
        var cloud = Cloud(parsed.GetValue(_cloud), options, split);
        var figures = WatchedRun.Show(progress =>
            new AdaptationExperiment(device, split.Dataset, recipe.MaskSeen, cloud).Run(events, options, seed, progress));
        if (parsed.GetValue(_json)) JsonLine.Print(Result(recipe, split, parsed.GetValue(_test), seed, options, figures));
        else Terminal.Output.PrintLine(Text(figures));
        return 0;
    }

    private static ICandidateGenerator? Cloud(string? run, AdaptationOptions options, ISplit split)
    {
        if (run is null)
        {
            return options.ListNegatives == 0
                ? null
                : throw new UsageException($"--set listNegatives={options.ListNegatives}: no list is there; give a run as --cloud");
        }

        var protocol = FinishedRun.Require("--cloud", run, split.Dataset).Protocol;
        if (SplitProtocol.Refits(protocol))
            throw new UsageException($"--cloud {run}: trained under {protocol}, it has learned validation events; give one without refit");
        return CloudLists.Open(run, split.Dataset);
    }

    /// <summary>Defaults, over them the command line, which has to say the same where it names the seed twice.</summary>
    private static AdaptationOptions Options(string[] changes, int? seed)
    {
        var settings = RecipeJson.ToNode(new AdaptationOptions());
        foreach (var change in changes)
        {
            if (change.Split('=', 2) is not [var name, var value])
                throw new UsageException($"--set {change}: expected NAME=VALUE, such as rate=0.01");
            SettingNames.Require(settings, name, $"--set {change}");
            RecipeJson.Set(settings, name, value);
        }

        var options = RecipeJson.Read<AdaptationOptions>(settings);
        if (seed is { } given)
        {
            if (changes.Any(change => change.StartsWith("seed=", StringComparison.Ordinal)) && options.Seed != given)
                throw new UsageException($"--seed {given} and --set seed={options.Seed} differ; give one of them");
            options = options with { Seed = given };
        }

        return options.Validate().ToArray() is [_, ..] faults ? throw new UsageException(string.Join("; ", faults)) : options;
    }

    private static (RunRecipe Recipe, ISplit Split, DeviceModel Device) Open(string folder)
    {
        var recipe = RunRecipe.OfRun(folder);
        return (recipe, SplitProtocol.Create(recipe.Protocol, DatasetFolder.Read(Path.Combine(folder, "dataset"))), RunDevice.Open(folder));
    }

    private static IReadOnlyList<EvaluatedEvent> Draw(IReadOnlyList<EvaluatedEvent> events, int users, int seed)
    {
        if (users < 0) throw new UsageException($"--users {users}: 0 or more are expected");
        if (users == 0 || users >= events.Count) return events;
        var drawn = events.ToArray();
        NamedSeed.Create(seed, "users of the experiment").Shuffle(drawn);
        return drawn[..users];
    }

    private static object Result(RunRecipe recipe, ISplit split, bool isTest, int seed, AdaptationOptions options,
        AdaptationFigures figures) => new
        {
            recipe.Model,
            Protocol = recipe.Describe(),
            Events = isTest ? "test" : "validation",
            figures.Users,
            NdcgBefore = figures.NdcgBefore,
            NdcgAfter = figures.NdcgAfter,
            Gain = figures.Gain.Mean,
            Interval = new[] { figures.Gain.Lower, figures.Gain.Upper },
            figures.Accepted,
            figures.Millis,
            LossBefore = Number(figures.LossBefore),
            LossAfter = Number(figures.LossAfter),
            Options = RecipeJson.ToNode(options),
            Seed = seed,
            DataHash = split.Dataset.Hash,
        };

    /// <summary>JSON has no NaN.</summary>
    private static double? Number(double value) => double.IsFinite(value) ? value : null;

    private static string Text(AdaptationFigures figures) => string.Create(
        CultureInfo.InvariantCulture,
        $"NDCG@10 {figures.NdcgBefore:0.0000} as shipped, {figures.NdcgAfter:0.0000} after learning, difference "
            + $"{figures.Gain.Mean:+0.0000;-0.0000;0.0000}, "
        + $"95 % interval {figures.Gain.Lower:+0.0000;-0.0000;0.0000} … "
        + $"{figures.Gain.Upper:+0.0000;-0.0000;0.0000} over {figures.Users} users; kept "
            + $"for {figures.Accepted:0%}, "
        + $"{figures.Millis:0.0} ms each, held-out loss {figures.LossBefore:0.0000} → {figures.LossAfter:0.0000}");
}
