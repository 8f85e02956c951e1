using System.Diagnostics;
using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Device;
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
    private const double ShippedRate = 0.2; // of the threshold in the bundle, where the options name no rate of their own

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

        var rows = await ReplayAsync(sides.Device, cloud, rules, cancel).ConfigureAwait(false);
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
        $"leave-one-out; device trained on {(options.BundleAge == 0 ? "s[:-2]" : $"s[:-{2 + options.BundleAge}]")}, "
        + $"cloud on {(trained?.Cloud is null ? "s[:-2-lag]" : "s[:-2]")}; fitted on validation targets; "
        + $"{(options.DeviceItems == DeviceItems.All ? "full catalogue" : $"rows that came with lists, {options.ItemLimit} at the most")}; "
        + $"seen items {(options.ExcludeConsumed ? "masked" : "not masked")}; unseen targets kept";

    private IReadOnlyList<MissedGain> Missed(LoopRules rules) => rules.ExpectedGains.Count == 0
        ? []
        : [.. options.RequestRates.Where(rate => rate is > 0 and < 1).Order()
            .Select(rate => MissedGain.At(rate, rules.ExpectedGains, rules.Gains))];

    private async Task<List<SimulationRow>> ReplayAsync(
        DeviceModel device, InProcessCloud cloud, LoopRules rules, CancellationToken cancel)
    {
        var replay = new Replay(device, cloud, options, Phase.Test(_split));
        await replay.PrepareListsAsync(progress, options.RequestRates.Any(rate => rate > 0), cancel).ConfigureAwait(false);
        var plan = Plan(new RequestPlan(options, rules)).ToArray();
        var rows = new List<SimulationRow>();
        foreach (var (mode, name, rule, rate) in plan)
        {
            cancel.ThrowIfCancellationRequested();
            progress.Report("replay", rows.Count, plan.Length);
            var turns = await replay.RunAsync(mode, rule?.Invoke(), rules.Fusion, Depth).ConfigureAwait(false);
            rows.Add(Row(mode, name, rate, turns, cloud.MillisPerList));
        }

        progress.Report("replay", plan.Length, plan.Length);
        return rows;
    }

    private IEnumerable<(RankingMode Mode, string Policy, Func<CallRule>? Begin, double Rate)> Plan(RequestPlan requests)
    {
        // A device that holds nothing but what came with lists needs one to rank by itself.
        if (options.DeviceItems == DeviceItems.All) yield return (RankingMode.Device, "none", null, 0);
        else yield return (RankingMode.Device, "never", requests.At(0).First().Begin, 0);
        foreach (var rate in options.RequestRates)
        {
            var isFirst = true;
            foreach (var (name, begin) in requests.At(rate))
            {
                foreach (var mode in isFirst ? [RankingMode.Cloud, RankingMode.Rerank, RankingMode.Fused] : new[] { RankingMode.Fused })
                    yield return (mode, name, begin, rate);
                isFirst = false;
            }
        }
    }

    private SimulationRow Row(RankingMode mode, string policy, double rate, Turn[] turns, double cloudMillis)
    {
        var metrics = new RankingMetrics(turns.Select(t => t.Rank));
        return new SimulationRow
        {
            Mode = RowNames.Of(mode),
            Policy = policy,
            Fusion = RowNames.Of(options.Fusion),
            DeviceItems = RowNames.Of(options.DeviceItems),
            BundleAge = options.BundleAge,
            RequestRate = rate,
            RealisedRate = turns.Sum(t => (double)t.Calls) / turns.Sum(t => t.Views),
            Recall = metrics.Recall(Depth),
            Ndcg = metrics.Ndcg(Depth),
            CallsPerUser = turns.Average(t => t.Calls),
            BytesUp = turns.Average(t => (double)t.BytesUp),
            BytesDown = turns.Average(t => (double)t.BytesDown),
            ShownFromList = turns.Average(t => t.Best.Length == 0 ? 0 : t.Best.Average(best => float.IsNaN(best.CloudScore) ? 0.0 : 1)),
            DeviceMicros = turns.Select(t => t.DeviceMicros).Order().ElementAt(turns.Length / 2),
            CloudMillis = mode == RankingMode.Device ? 0 : cloudMillis,
            NdcgByUser = metrics.NdcgByUser(Depth),
        };
    }
}
