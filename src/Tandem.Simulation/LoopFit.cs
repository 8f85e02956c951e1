using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Device;
using Tandem.Device.Collaboration;
using Tandem.Learning.Runs;
using Tandem.Protocol.Collaboration;

namespace Tandem.Simulation;

/// <summary>Fits fusion and requests on the views before the validation targets, which neither model has learned.</summary>
/// <param name="device">What will be replayed.</param>
/// <param name="cloud">Its lists.</param>
/// <param name="split">Of the data.</param>
/// <param name="options">Of the simulation.</param>
/// <param name="progress">Who watches.</param>
internal sealed class LoopFit(
    DeviceModel device, InProcessCloud cloud, LeaveOneOut split, SimulationOptions options, IRunProgress progress)
{
    private const int Depth = 10;

    /// <summary>Fits all that the options ask for.</summary>
    public async Task<LoopRules> RunAsync(CancellationToken cancel) => options switch
    {
        { Mode: SimulationMode.Paper } => await DisagreeAsync(cancel).ConfigureAwait(false),
        { LearnsFusion: true } => await LearnAsync(cancel).ConfigureAwait(false),
        _ => await ChooseShareAsync(cancel).ConfigureAwait(false),
    };

    /// <summary>The published rules have nothing to fit but the thresholds of requests.</summary>
    private async Task<LoopRules> DisagreeAsync(CancellationToken cancel)
    {
        var first = new RankFusion(RankFusion.Names[0]);
        var stale = await ViewsAsync(options.Lag, first, default, cancel).ConfigureAwait(false);
        return new() { Fusion = first, Inconsistencies = [.. stale.Select(turn => turn.Inconsistency)] };
    }

    /// <summary>
    /// Ages of lists that weights are fitted for: fresh, lagging, and where there are several views those that come in between.
    /// </summary>
    private int[] Ages => [.. new[] { 0, options.Lag, options.Views > 1 ? 1 : 0, options.Lag + options.Views - 1 }.Distinct().Order()];

    private async Task<LoopRules> LearnAsync(CancellationToken cancel)
    {
        var weights = new List<FusionWeights>();
        foreach (var age in Ages)
        {
            var turns = await ViewsAsync(age, new LogLinearFusion(0), new(Candidates: true, 0), cancel).ConfigureAwait(false);
            weights.Add(options.Fusion == FusionKind.Learned ? FusionFit.Choose(age, turns) : FusionFit.ChooseListFirst(age, turns));
        }

        var fusion = new LearnedFusion(weights);
        var rules = new CollaborationRules { OwnCandidates = options.OwnCandidates, Fusion = weights };
        if (options.Lag == 0) return new() { Fusion = fusion, Shipped = rules };
        return await FitGainAsync(fusion, rules, cancel).ConfigureAwait(false);
    }

    private async Task<LoopRules> FitGainAsync(LearnedFusion fusion, CollaborationRules rules, CancellationToken cancel)
    {
        var scale = ScaleOf(rules.Fusion);
        var fresh = await ViewsAsync(0, fusion, default, cancel).ConfigureAwait(false);
        var (signals, gains, inconsistencies) = (new List<RankingSignals>(), new List<double>(), new List<double>());
        foreach (var age in Ages.Where(age => age > 0))
        {
            var stale = await ViewsAsync(age, fusion, new(false, scale), cancel).ConfigureAwait(false);
            for (var i = 0; i < stale.Length; i++)
            {
                if (stale[i].Signals is not { } seen) continue;
                signals.Add(seen);
                gains.Add(Gain(fresh[i]) - Gain(stale[i]));
                if (age == options.Lag) inconsistencies.Add(stale[i].Inconsistency);
            }
        }

        if (signals.Count == 0) return new() { Fusion = fusion, Shipped = rules };
        var (weights, expected) = GainFit.Fit(signals, gains, scale);
        return new()
        {
            Fusion = fusion,
            Shipped = rules with { Request = weights },
            ExpectedGains = expected,
            Gains = gains,
            Inconsistencies = inconsistencies,
        };
    }

    /// <summary>β: what makes softmax(β z) likeliest where lists lag, and the cloud counts least.</summary>
    private static double ScaleOf(IReadOnlyList<FusionWeights> weights) =>
        weights[^1].Device > 0 ? weights[^1].Device : weights.Max(at => at.Device) is > 0 and var scale ? scale : 1;

    private async Task<LoopRules> ChooseShareAsync(CancellationToken cancel)
    {
        // Whole lists in the cloud's order: every rule can be tried on them.
        var stale = await ListsAsync(options.Lag).ConfigureAwait(false);
        var fresh = options.Lag == 0 ? stale : await ListsAsync(0).ConfigureAwait(false);
        ChosenFusion[] chosen = [FusionTuning.Choose(options.Fusion, stale), FusionTuning.Choose(options.Fusion, fresh)];
        return new()
        {
            Fusion = new ByAgeFusion(chosen[1].Rule, chosen[0].Rule),
            Constant = chosen,
            Inconsistencies = [.. stale.Select(turn => turn.Inconsistency)],
        };

        Task<Turn[]> ListsAsync(int age) =>
            ViewsAsync(age, new LogLinearFusion(1), default, cancel, RankingMode.Cloud, options.ListLength);
    }

    /// <summary>Every validation view with a list so old.</summary>
    private async Task<Turn[]> ViewsAsync(
        int age, IFusionRule fusion, Watch watch, CancellationToken cancel, RankingMode mode = RankingMode.Fused, int depth = Depth)
    {
        var replay = new Replay(
            device, cloud, options with { Lag = age, Views = 1, Faults = new() }, Phase.Validation(split));
        await replay.PrepareListsAsync(progress, fresh: false, cancel).ConfigureAwait(false);
        return await replay.RunAsync(
            mode, CallRule.Of(new AskOnce()), fusion, depth, watch,
            (done, all) => progress.Report($"validation views, lists {age} events old", done, all)).ConfigureAwait(false);
    }

    private static double Gain(Turn turn) => RankingMetrics.Gain(turn.Rank, Depth);
}
