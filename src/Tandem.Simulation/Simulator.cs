using System.Diagnostics;
using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Device;
using Tandem.Device.Collaboration;
using Tandem.Learning.Runs;

namespace Tandem.Simulation;

/// <summary>
/// The whole loop on one data set: trains both sides, fits fusion and requests on validation views, replays the test users once per row
/// of the table, and leaves a bundle with the rules that were fitted.
/// </summary>
/// <param name="dataset">What is replayed.</param>
/// <param name="options">Its settings.</param>
/// <param name="folder">Receives checkpoints, lists and the bundle; what an earlier call left there is gone on with.</param>
/// <param name="progress">Who watches.</param>
/// <param name="trained">What of both sides there is already; null for nothing.</param>
public sealed class Simulator(
    SequenceDataset dataset, SimulationOptions options, string folder, IRunProgress progress, TrainedSides? trained = null)
{
    private const int Depth = 10;
    private const int PaperDepth = 20;  // of the published table
    private const double ShippedRate = 0.2; // of the threshold in the bundle, where the options name no rate of their own

    private static readonly int[] _recallDepths = [1, 5, 10, PaperDepth];
    private static readonly int[] _ndcgDepths = [5, 10, PaperDepth];

    private readonly LeaveOneOut _split = new(dataset);

    /// <summary>Runs to the end, or continues trainings that were cut off in the same folder.</summary>
    public async Task<SimulationReport> RunAsync(CancellationToken cancel = default)
    {
        var clock = Stopwatch.StartNew();
        var sides = TwoSides.Train(dataset, options, folder, progress, trained, cancel);
        var cloud = sides.Connect(options, Path.Combine(folder, "lists"), trained);
        var rules = await new LoopFit(sides.Device, cloud, _split, options, progress).RunAsync(cancel).ConfigureAwait(false);
        var missed = Missed(rules);
        if (rules.Shipped is { } shipped)
        {
            var at = missed.MinBy(at => Math.Abs(at.Rate - ShippedRate));
            sides.Ship(shipped.Request is null || at is null
                ? shipped
                : shipped with { Request = shipped.Request with { Threshold = at.Threshold } });
        }

        var rows = await ReplayAsync(sides, cloud, rules, cancel).ConfigureAwait(false);
        RowComparison.Fill(rows, new(_split, options.Seed), options.Seed);
        return new SimulationReport
        {
            Data = dataset.Name,
            DataHash = dataset.Hash,
            Users = _split.EvaluatedUsers.Length,
            Lag = options.Lag,
            Protocol = Protocol,
            Options = options,
            Rules = rules.Shipped,
            ConstantFusion = rules.Constant,
            Rows = rows,
            FusionGain = RowComparison.FusionGain(rows, rate: 0, options.Seed),
            FreshFusionGain = RowComparison.FusionGain(rows, rate: 1, options.Seed),
            Missed = missed,
            AreaUnderCurve = RowComparison.AreaUnderCurve(rows),
            ViewsPerCall = RowComparison.ViewsPerCall(rows),
            DeviceTraining = sides.DeviceTraining,
            DeviceRun = trained?.Device?.Run,
            CloudRun = trained?.CloudRun,
            DeviceSuccessors = sides.DeviceSuccessors,
            CloudTraining = sides.CloudTraining,
            TotalSeconds = clock.Elapsed.TotalSeconds,
        };
    }

    private string Protocol =>
        $"{(IsPaper ? $"LSC4Rec's published windows, items numbered {RowNames.Of(options.Numbering)}; " : "")}"
        + $"leave-one-out; device trained on {(options.BundleAge == 0 ? "s[:-2]" : $"s[:-{2 + options.BundleAge}]")}, "
        + $"cloud on {(trained?.Cloud is not null ? "s[:-2]" : IsPaper ? "s[:-3-lag]" : "s[:-2-lag]")}; fitted on validation targets; "
        + $"{(options.DeviceItems == DeviceItems.All ? "full catalogue" : $"rows that came with lists, {options.ItemLimit} at the most")}; "
        + $"seen items {(options.ExcludeConsumed ? "masked" : "not masked")}; unseen targets kept";

    private IReadOnlyList<MissedGain> Missed(LoopRules rules) => rules.ExpectedGains.Count == 0
        ? []
        : [.. options.RequestRates.Where(rate => rate is > 0 and < 1).Order()
            .Select(rate => MissedGain.At(rate, rules.ExpectedGains, rules.Gains))];

    private async Task<List<SimulationRow>> ReplayAsync(
        TwoSides sides, InProcessCloud cloud, LoopRules rules, CancellationToken cancel)
    {
        var (replay, parameters) = (new Replay(sides.Device, cloud, options, Phase.Test(_split)), sides.Parameters);
        await replay.PrepareListsAsync(progress, options.RequestRates.Any(rate => rate > 0), cancel).ConfigureAwait(false);
        var plan = Plan(new RequestPlan(options, rules, await BatchesAsync(replay, rules).ConfigureAwait(false)), Fusions(rules),
            parameters is not null).ToArray();
        var rows = new List<SimulationRow>();
        foreach (var (mode, fusion, name, rule, rate, hasWeights) in plan)
        {
            cancel.ThrowIfCancellationRequested();
            progress.Report("replay", rows.Count, plan.Length);
            var turns = await replay.RunAsync(
                mode, rule?.Invoke(), fusion.Rule, ShownDepth, parameters: hasWeights ? parameters : null).ConfigureAwait(false);
            rows.Add(Row(mode, hasWeights, fusion.Name, name, rate, turns, cloud.MillisPerList));
        }

        progress.Report("replay", plan.Length, plan.Length);
        return rows;
    }

    private bool IsPaper => options.Mode == SimulationMode.Paper;

    private int ShownDepth => IsPaper ? PaperDepth : Depth;

    /// <summary>What the fused mode joins scores by, each with rows of its own.</summary>
    private (string Name, IFusionRule Rule)[] Fusions(LoopRules rules) => IsPaper
        ? [.. RankFusion.Names.Select(name => (name, (IFusionRule)new RankFusion(name)))]
        : [(RowNames.Of(options.Fusion), rules.Fusion)];

    /// <summary>The batches by which the paper's mode asks.</summary>
    private async Task<(BatchRequests, BatchRequests)?> BatchesAsync(Replay replay, LoopRules rules)
    {
        if (!IsPaper) return null;
        var stale = await replay.RunAsync(RankingMode.Fused, CallRule.Of(new AskOnce()), rules.Fusion, Depth).ConfigureAwait(false);
        var users = _split.EvaluatedUsers.ToArray();
        return (new(users, rules.Inconsistencies), new(users, [.. stale.Select(turn => turn.Inconsistency)]));
    }

    private IEnumerable<PlannedRow> Plan(RequestPlan requests, (string, IFusionRule)[] fusions, bool hasParameters)
    {
        // A device that holds nothing but what came with lists needs one to rank by itself.
        if (options.DeviceItems == DeviceItems.All) yield return new(RankingMode.Device, fusions[0], "none", null, 0);
        else yield return new(RankingMode.Device, fusions[0], "never", requests.At(0).First().Begin, 0);
        foreach (var rate in options.RequestRates)
        {
            var isFirst = true;
            foreach (var (name, begin) in requests.At(rate))
            {
                var besides = isFirst ? new[] { RankingMode.Cloud, RankingMode.Rerank } : [];
                foreach (var mode in besides) yield return new(mode, fusions[0], name, begin, rate);
                foreach (var fusion in fusions) yield return new(RankingMode.Fused, fusion, name, begin, rate);
                foreach (var mode in hasParameters ? new[] { RankingMode.Device, RankingMode.Fused } : [])
                    yield return new(mode, fusions[0], name, begin, rate, HasWeights: true);
                isFirst = false;
            }
        }
    }

    private SimulationRow Row(
        RankingMode mode, bool hasWeights, string fusion, string policy, double rate, Turn[] turns, double cloudMillis)
    {
        var metrics = new RankingMetrics(turns.Select(t => t.Rank));
        return new SimulationRow
        {
            Mode = RowNames.Of(mode) + (hasWeights ? RowNames.WithWeights : ""),
            Policy = policy,
            Fusion = fusion,
            DeviceItems = RowNames.Of(options.DeviceItems),
            BundleAge = options.BundleAge,
            RequestRate = rate,
            RealisedRate = turns.Sum(t => (double)t.Calls) / turns.Sum(t => t.Views),
            Recall = metrics.Recall(Depth),
            Ndcg = metrics.Ndcg(Depth),
            CallsPerUser = turns.Average(t => t.Calls),
            BytesUp = turns.Average(t => (double)t.Traffic.BytesUp),
            BytesDown = turns.Average(t => (double)t.Traffic.BytesDown),
            ThousandViews = ThousandViews.Of(turns, options, cloudMillis),
            Measures =
            [
                .. _recallDepths.Where(k => k <= ShownDepth).Select(metrics.Recall),
                .. _ndcgDepths.Where(k => k <= ShownDepth).Select(metrics.Ndcg),
            ],
            ShownFromList = turns.Average(t => t.Best.Length == 0 ? 0 : t.Best.Average(best => float.IsNaN(best.CloudScore) ? 0.0 : 1)),
            DeviceMicros = turns.Select(t => t.DeviceMicros).Order().ElementAt(turns.Length / 2),
            CloudMillis = mode == RankingMode.Device ? 0 : cloudMillis,
            NdcgByUser = metrics.NdcgByUser(Depth),
        };
    }

    /// <summary>A row to be played.</summary>
    private sealed record PlannedRow(
        RankingMode Mode, (string Name, IFusionRule Rule) Fusion, string Policy, Func<CallRule>? Begin, double Rate,
        bool HasWeights = false);
}
