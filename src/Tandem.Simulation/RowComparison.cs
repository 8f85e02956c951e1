using Tandem.Data.Metrics;

namespace Tandem.Simulation;

/// <summary>What rows say beside each other: over the device alone, over random requests, between lagging and fresh lists.</summary>
internal static class RowComparison
{
    private const double NearlyAll = 0.99;

    /// <summary>Writes intervals, recovered shares and slices into the rows.</summary>
    public static void Fill(IReadOnlyList<SimulationRow> rows, UserSlices slices, int seed)
    {
        var device = rows.First(row => row.Mode == "device");
        device.Slices = slices.Of(device.NdcgByUser, device: null);
        foreach (var row in rows)
        {
            if (row == device) continue;
            row.Interval = PairedBootstrap.Compare(row.NdcgByUser, device.NdcgByUser, seed);
            row.GapRecovered = Recovered(rows, row);
            row.Slices = slices.Of(row.NdcgByUser, device.NdcgByUser);
            row.OverList = OverList(rows, row);
            var random = rows.FirstOrDefault(other => other.Policy == "random" && other.Mode == row.Mode && other.Fusion == row.Fusion
                && other.RequestRate == row.RequestRate && other != row);
            if (random is not null) row.OverRandom = PairedBootstrap.Compare(row.NdcgByUser, random.NdcgByUser, seed);
        }
    }

    /// <summary>Fused less the best of the three other modes at a rate, or null where the rate has no rows.</summary>
    public static PairedDifference? FusionGain(IReadOnlyList<SimulationRow> rows, double rate, int seed)
    {
        var at = rows.Where(row => row.RequestRate == rate && row.Mode is "cloud" or "rerank" or "fused").ToArray();
        if (at.FirstOrDefault(row => row.Mode == "fused") is not { } fused) return null;
        var best = at.Where(row => row.Mode != "fused").Append(rows.First(row => row.Mode == "device")).MaxBy(row => row.Ndcg)!;
        return PairedBootstrap.Compare(fused.NdcgByUser, best.NdcgByUser, seed);
    }

    /// <summary>By policy; empty where rates 0 and 1 are not both there.</summary>
    public static IReadOnlyDictionary<string, double> AreaUnderCurve(IReadOnlyList<SimulationRow> rows)
    {
        rows = FirstFusion(rows);
        var (never, always) = (Fused(rows, "never"), Fused(rows, "always"));
        if (never is null || always is null) return new Dictionary<string, double>();
        return Policies(rows).ToDictionary(policy => policy, policy =>
        {
            SimulationRow[] curve = [never, .. rows.Where(row => IsFused(row, policy)).OrderBy(row => row.RealisedRate), always];
            return curve.Zip(curve.Skip(1)).Sum(
                pair => (pair.Second.RealisedRate - pair.First.RealisedRate) * (pair.First.Ndcg + pair.Second.Ndcg) / 2);
        });
    }

    /// <summary>By policy; without those that need a call at every view.</summary>
    public static IReadOnlyDictionary<string, double> ViewsPerCall(IReadOnlyList<SimulationRow> rows)
    {
        rows = FirstFusion(rows);
        if (Fused(rows, "always") is not { } always) return new Dictionary<string, double>();
        return Policies(rows).Prepend("never").Select(policy => (Policy: policy, Least: rows
                .Where(row => IsFused(row, policy) && row.Ndcg >= NearlyAll * always.Ndcg).MinBy(row => row.RealisedRate)))
            .Where(least => least.Least is { RealisedRate: > 0 })
            .ToDictionary(least => least.Policy, least => 1 / least.Least!.RealisedRate);
    }

    private static double? OverList(IReadOnlyList<SimulationRow> rows, SimulationRow row) =>
        rows.FirstOrDefault(other => (other.Mode, other.Policy, other.RequestRate) == ("cloud", row.Policy, row.RequestRate)) is { } list
        && list != row && list.Measures.All(measure => measure > 0)
            ? row.Measures.Zip(list.Measures, (own, its) => own / its - 1).Average()
            : null;

    private static IEnumerable<string> Policies(IReadOnlyList<SimulationRow> rows) =>
        rows.Where(row => row.Mode == "fused" && row.Policy is not ("never" or "always")).Select(row => row.Policy).Distinct();

    private static SimulationRow[] FirstFusion(IReadOnlyList<SimulationRow> rows) =>
        [.. rows.Where(row => row.Fusion == rows[0].Fusion)];

    private static SimulationRow? Fused(IReadOnlyList<SimulationRow> rows, string policy) =>
        rows.FirstOrDefault(row => IsFused(row, policy));

    private static bool IsFused(SimulationRow row, string policy) => row.Mode == "fused" && row.Policy == policy;

    private static double? Recovered(IReadOnlyList<SimulationRow> rows, SimulationRow row)
    {
        SimulationRow? At(string policy) =>
            rows.FirstOrDefault(other => other.Mode == row.Mode && other.Fusion == row.Fusion && other.Policy == policy);
        return At("never") is { } stale && At("always") is { } fresh && fresh.Ndcg > stale.Ndcg
            ? (row.Ndcg - stale.Ndcg) / (fresh.Ndcg - stale.Ndcg)
            : null;
    }
}
