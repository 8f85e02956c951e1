using System.Diagnostics;
using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Device;
using Tandem.Device.Collaboration;
using Tandem.Learning.Runs;

namespace Tandem.Simulation;

/// <summary>
/// The whole loop on one data set: trains both sides, tunes fusion and request threshold on validation targets, replays the test
/// users once per row of the table.
/// </summary>
/// <param name="dataset">What is replayed.</param>
/// <param name="options">Its settings.</param>
/// <param name="folder">Receives checkpoints and the bundle; what an earlier call left there is gone on with.</param>
/// <param name="progress">Who watches.</param>
/// <param name="trained">What of both sides there is already; null for nothing.</param>
public sealed class Simulator(
    SequenceDataset dataset, SimulationOptions options, string folder, IRunProgress progress, TrainedSides? trained = null)
{
    private const int Depth = 10;
    private readonly LeaveOneOut _split = new(dataset);

    /// <summary>Runs to the end, or continues trainings that were cut off in the same folder.</summary>
    public async Task<SimulationReport> RunAsync(CancellationToken cancel = default)
    {
        var clock = Stopwatch.StartNew();
        var sides = TwoSides.Train(dataset, options, folder, progress, trained, cancel);
        var (stale, fresh, inconsistencies) = await TuneAsync(sides, cancel).ConfigureAwait(false);

        var cloud = new InProcessCloud(sides.Cloud);
        var replay = new Replay(sides.Device, cloud, options, Phase.Test(_split));
        await replay.PrepareListsAsync(progress, options.RequestRates.Any(rate => rate > 0), cancel).ConfigureAwait(false);
        var fusion = new ByAgeFusion(fresh.Rule, stale.Rule);
        var rows = new List<SimulationRow>();
        foreach (var (mode, name, policy, rate) in Plan(inconsistencies))
        {
            cancel.ThrowIfCancellationRequested();
            progress.Report("replay", rows.Count, PlannedRows);
            rows.Add(Row(mode, name, rate, await replay.RunAsync(mode, policy, fusion, Depth).ConfigureAwait(false), cloud.MillisPerList));
        }

        progress.Report("replay", PlannedRows, PlannedRows);
        return new SimulationReport
        {
            Data = dataset.Name,
            DataHash = dataset.Hash,
            Users = _split.EvaluatedUsers.Length,
            Lag = options.Lag,
            Protocol = $"leave-one-out; device trained on s[:-2], cloud on {(trained?.Cloud is null ? "s[:-2-lag]" : "s[:-2]")}; "
                + "tuned on validation targets; full catalogue; "
                + $"seen items {(options.ExcludeConsumed ? "masked" : "not masked")}; unseen targets kept",
            Options = options,
            StaleFusion = stale,
            FreshFusion = fresh,
            Rows = rows,
            FusionGain = Gain(rows),
            DeviceTraining = sides.DeviceTraining,
            DeviceRun = trained?.Device?.Run,
            CloudRun = trained?.CloudRun,
            DeviceSuccessors = sides.DeviceSuccessors,
            CloudTraining = sides.CloudTraining,
            TotalSeconds = clock.Elapsed.TotalSeconds,
        };
    }

    private int PlannedRows => Plan([0]).Count();

    /// <summary>Fusion rules for lagging and for fresh lists, and how inconsistent lagging lists are, most first.</summary>
    private async Task<(ChosenFusion Stale, ChosenFusion Fresh, double[] Inconsistencies)> TuneAsync(
        TwoSides sides, CancellationToken cancel)
    {
        var replay = new Replay(sides.Device, new InProcessCloud(sides.Cloud), options, Phase.Validation(_split));
        await replay.PrepareListsAsync(progress, fresh: true, cancel).ConfigureAwait(false);
        // Whole lists in the cloud's order: every rule can be tried on them.
        var stale = await ListsAsync(new AskOnce()).ConfigureAwait(false);
        var fresh = await ListsAsync(new AlwaysAsk()).ConfigureAwait(false);
        return (
            FusionTuning.Choose(options.Fusion, stale), FusionTuning.Choose(options.Fusion, fresh),
            [.. stale.Select(t => t.Inconsistency).OrderDescending()]);

        Task<Turn[]> ListsAsync(IRequestPolicy policy) =>
            replay.RunAsync(RankingMode.Cloud, _ => policy, new LogLinearFusion(1), options.ListLength);
    }

    /// <summary>The rows; a policy that draws is one for each user, with a seed of the user's own.</summary>
    private IEnumerable<(RankingMode Mode, string Name, Func<int, IRequestPolicy>? PolicyOf, double Rate)> Plan(double[] inconsistencies)
    {
        yield return (RankingMode.Device, "none", null, 0);
        foreach (var rate in options.RequestRates)
        {
            var (name, policy) = rate switch
            {
                0 => ("never", (IRequestPolicy)new AskOnce()),
                1 => ("always", new AlwaysAsk()),
                _ => ("consistency", new ConsistencyPolicy(Threshold(inconsistencies, rate))),
            };
            foreach (var mode in new[] { RankingMode.Cloud, RankingMode.Rerank, RankingMode.Fused })
                yield return (mode, name, _ => policy, rate);
            if (rate is > 0 and < 1) yield return (RankingMode.Fused, "random", user => new RandomAsk(rate, Seed(rate, user)), rate);
        }
    }

    private int Seed(double rate, int user) =>
        (int)(NamedSeed.Derive(options.Seed, "random requests", (int)(rate * 1000), user) & int.MaxValue);

    /// <summary>The inconsistency that the given share of validation users reaches.</summary>
    private static double Threshold(double[] descending, double rate) =>
        descending[Math.Clamp((int)Math.Ceiling(rate * descending.Length) - 1, 0, descending.Length - 1)];

    private static SimulationRow Row(RankingMode mode, string policy, double rate, Turn[] turns, double cloudMillis)
    {
        var metrics = new RankingMetrics(turns.Select(t => t.Rank));
        return new SimulationRow
        {
            Mode = NameOf(mode),
            Policy = policy,
            RequestRate = rate,
            Recall = metrics.Recall(Depth),
            Ndcg = metrics.Ndcg(Depth),
            CallsPerUser = turns.Average(t => t.Asked ? 1 : 0),
            DeviceMicros = turns.Select(t => t.DeviceMicros).Order().ElementAt(turns.Length / 2),
            CloudMillis = mode == RankingMode.Device ? 0 : cloudMillis,
            NdcgByUser = metrics.NdcgByUser(Depth),
        };
    }

    private static string NameOf(RankingMode mode) => mode.ToString().ToLowerInvariant();

    private PairedDifference? Gain(List<SimulationRow> rows)
    {
        SimulationRow At0(RankingMode mode) => rows.First(r => r.RequestRate == 0 && r.Mode == NameOf(mode));
        if (!options.RequestRates.Contains(0)) return null;
        var (cloud, rerank) = (At0(RankingMode.Cloud), At0(RankingMode.Rerank));
        var better = cloud.Ndcg > rerank.Ndcg ? cloud : rerank;
        return PairedBootstrap.Compare(At0(RankingMode.Fused).NdcgByUser, better.NdcgByUser, options.Seed);
    }
}
