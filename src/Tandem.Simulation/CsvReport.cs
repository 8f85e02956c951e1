using System.Globalization;

namespace Tandem.Simulation;

/// <summary>A simulation's rows as comma-separated values, for tables and plots of one's own.</summary>
public static class CsvReport
{
    /// <summary>The rows as comma-separated values, without their parts.</summary>
    public static void Write(SimulationReport report, string path) => File.WriteAllLines(path,
    [
        "mode,policy,fusion,deviceItems,bundleAge,requestRate,realisedRate,recall@10,ndcg@10,overDevice,lower,upper,overList,gapRecovered,"
            + "callsPerUser,bytesUp,bytesDown,callsPerThousandViews,tokensPerThousandViews,pricePerThousandViews,shownFromList,"
            + "deviceMicros,cloudMillis",
        .. report.Rows.Select(row => string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Mode},{row.Policy},{row.Fusion},{row.DeviceItems},{row.BundleAge},{row.RequestRate},{row.RealisedRate},{row.Recall},"
            + $"{row.Ndcg},{row.Interval?.Mean},{row.Interval?.Lower},{row.Interval?.Upper},{row.OverList},{row.GapRecovered},"
            + $"{row.CallsPerUser},{row.BytesUp},{row.BytesDown},{row.ThousandViews.Calls},{row.ThousandViews.Tokens},"
            + $"{row.ThousandViews.Price},{row.ShownFromList},{row.DeviceMicros},{row.CloudMillis}")),
    ]);
}
