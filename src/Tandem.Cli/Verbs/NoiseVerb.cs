using System.CommandLine;
using Tandem.Simulation.Personalization;

namespace Tandem.Cli.Verbs;

/// <summary>
/// <c>tandem experiment noise RUN</c>: what random clicks among a history cost a model. With <c>--parameters</c> in place of runs:
/// trains the model without weights of users' own, with DUET's and with the source's.
/// </summary>
internal static class NoiseVerb
{
    private static readonly Argument<string[]> _runs = new("run")
    {
        Description = "folders of training runs on the same data; none to train them, with --data and --parameters",
        HelpName = "RUN",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<double[]> _swap = new("--swap")
    {
        Description = "shares of a history's items that are swapped for random ones",
        HelpName = "SHARE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [0.1, 0.2, 0.3],
    };

    private static readonly ParameterTraining _training = new(source: null);
    private static readonly Option<string> _model = ParameterTraining.Model();
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command("noise", "test events of runs with some items of the histories swapped for random ones")
        {
            _runs, _swap, _model, _seed, _threads, _json,
        };
        _training.AddTo(verb);
        verb.SetAction((parsed, cancel) =>
        {
            CommonOptions.UseThreads(parsed.GetValue(_threads));
            var shares = parsed.GetValue(_swap) ?? [];
            if (shares.FirstOrDefault(share => share is not (>= 0 and <= 1), -1) is var wrong and not -1)
                throw new UsageException(FormattableString.Invariant($"--swap {wrong}: a share in [0, 1] is expected"));
            var results = Runs(parsed, cancel).Select(run => Measure(run, shares, parsed.GetValue(_seed))).ToArray();
            if (parsed.GetValue(_json)) JsonLine.Print(new { Runs = results, Seed = parsed.GetValue(_seed) });
            else foreach (var result in results) MeasuredRows.Print(result);
            return Task.FromResult(0);
        });
        return verb;
    }

    private static string[] Runs(ParseResult parsed, CancellationToken cancel)
    {
        var (given, source) = (parsed.GetValue(_runs) ?? [], parsed.GetValue(_training.Source));
        if ((given.Length > 0) == (source is not null))
            throw new UsageException("give either the folders of runs, or --parameters SOURCE and --data DIR to train them");
        if (source is null) return given;
        var (model, seed) = (parsed.GetRequiredValue(_model), parsed.GetValue(_seed));
        var folder = _training.Folder(parsed, "noise", model);
        return [.. new[] { "none", "duet", source }.Distinct().Select(name =>
            _training.Train(parsed, model, folder, name, seed, [$"parameters.source={name}"], cancel).Folder)];
    }

    private static MeasuredRows Measure(string run, IReadOnlyList<double> shares, int seed)
    {
        var opened = OpenedRun.Open(run);
        return WatchedRun.Show(progress =>
        {
            var experiment = new ParameterExperiment(opened.Split, opened.Recipe.MaskSeen, seed, progress);
            return new MeasuredRows(run, opened.Recipe, experiment.Metric.Name, experiment.Noise(opened.Scorer, shares));
        });
    }
}
