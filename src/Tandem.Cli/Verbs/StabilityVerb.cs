using System.CommandLine;
using Tandem.Learning.Backbones;
using Tandem.Learning.Codes;
using Tandem.Learning.Runs;
using Tandem.Simulation.Personalization;

namespace Tandem.Cli.Verbs;

/// <summary>
/// <c>tandem experiment stability RUN</c>: how much a user's weights change by a click, what it costs to make them more seldom, and what to
/// send fewer bytes of them. With <c>--parameters</c> in place of a run: trains it.
/// </summary>
internal static class StabilityVerb
{
    private static readonly int[] _events = [2, 5, 10, 20];
    private static readonly double[] _drifts = [0.1, 0.2, 0.4, 0.6, 0.8];

    private static readonly Argument<string?> _run = new("run")
    {
        Description = "folder of a training run with --parameters; none to train it, with --data and --parameters",
        HelpName = "RUN",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly ParameterTraining _training = new(source: null);
    private static readonly Option<string> _model = ParameterTraining.Model();

    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command("stability", "weights made for each user: change by a click, refreshed more seldom, sent as fewer bytes")
        {
            _run, _model, _seed, _threads, _json,
        };
        _training.AddTo(verb);
        verb.SetAction((parsed, cancel) =>
        {
            CommonOptions.UseThreads(parsed.GetValue(_threads));
            var (run, seed) = (Run(parsed, cancel), parsed.GetValue(_seed));
            var (figures, refresh, delivery) = Measure(run, seed);
            if (parsed.GetValue(_json))
            {
                JsonLine.Print(new { Numbers = figures, Refresh = refresh, Delivery = delivery, Seed = seed });
                return Task.FromResult(0);
            }

            Terminal.Output.PrintLine(FormattableString.Invariant(
                $"numbers: change by an event {figures.ChangePerEvent:0.000}, length {figures.Length:0.000}, ")
                + FormattableString.Invariant($"spread over users {figures.Spread:0.000}"));
            MeasuredRows.Print(refresh);
            MeasuredRows.Print(delivery);
            return Task.FromResult(0);
        });
        return verb;
    }

    private static string Run(ParseResult parsed, CancellationToken cancel)
    {
        var (given, source) = (parsed.GetValue(_run), parsed.GetValue(_training.Source));
        if (given is not null == source is not null)
            throw new UsageException("give either the folder of a run, or --parameters SOURCE and --data DIR to train one");
        if (given is not null) return given;
        var model = parsed.GetRequiredValue(_model);
        var folder = _training.Folder(parsed, "stability", model);
        return _training.Train(
            parsed, model, folder, source!, parsed.GetValue(_seed), [$"parameters.source={source}"], cancel).Folder;
    }

    private static (NumberFigures Figures, MeasuredRows Refresh, MeasuredRows Delivery) Measure(string run, int seed)
    {
        var opened = OpenedRun.Open(run);
        if (opened.Scorer is not SequenceScorer { Model.Parameters: { } source } scorer)
            throw new UsageException($"{run}: the model makes no weights for users; give a run of 'tandem train --parameters …'");
        return WatchedRun.Show(progress =>
        {
            var experiment = new ParameterExperiment(opened.Split, opened.Recipe.MaskSeen, seed, progress);
            var codes = new UserParameters(scorer).Codes;
            return (
                experiment.Figures(scorer.Model),
                Rows(experiment.Refresh(scorer, Rules(codes))), Rows(experiment.Delivery(scorer, codes)));

            MeasuredRows Rows(IReadOnlyList<MeasuredWeights> rows) => new(run, opened.Recipe, experiment.Metric.Name, rows);
        });
    }

    private static RefreshRule[] Rules(WeightCodes? codes) =>
    [
        .. _events.Select(RefreshRule.Every), .. _drifts.Select(RefreshRule.Drift),
        .. codes is null ? [] : Enumerable.Range(1, Math.Min(2, codes.Levels)).Select(levels => RefreshRule.Code(codes, levels)),
    ];
}
