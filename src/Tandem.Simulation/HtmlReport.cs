using System.Globalization;
using Tandem.Reports;

namespace Tandem.Simulation;

/// <summary>A simulation as one self-contained HTML page: the curve, the table, the settings.</summary>
public static class HtmlReport
{
    private static readonly string[] _columns = ["mode", "policy", "rate", "Recall@10", "NDCG@10", "calls per user", "device µs",
        "cloud ms"];

    /// <summary>Writes the page.</summary>
    public static void Write(SimulationReport report, string path)
    {
        using var curve = Curve(report);
        new Page($"{report.Data}, cloud {report.Lag} events behind")
            .Paragraph($"{report.Users} users. {report.Protocol}.")
            .Figure(curve)
            .Table(_columns, report.Rows.Select(Row), textColumns: 2)
            .Paragraph(Gain(report))
            .Paragraph(Fusion(report))
            .Heading("Settings")
            .Json(report.Options)
            .Paragraph(string.Create(CultureInfo.InvariantCulture, $"Data hash {report.DataHash}; {report.TotalSeconds:0} s in all."))
            .Write(path);
    }

    private static string[] Row(SimulationRow row) =>
    [
        row.Mode, row.Policy, Text(row.RequestRate, "0%"), Text(row.Recall, "0.0000"), Text(row.Ndcg, "0.0000"),
        Text(row.CallsPerUser, "0.00"), Text(row.DeviceMicros, "0"), Text(row.CloudMillis, "0.0"),
    ];

    private static string Gain(SimulationReport report) => report.FusionGain is not { } gain ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"Fused over the better of cloud list and re-ranked list at rate 0: NDCG@10 {gain.Mean:+0.0000;-0.0000}, 95 % interval "
        + $"{gain.Lower:+0.0000;-0.0000} … {gain.Upper:+0.0000;-0.0000} "
        + $"(paired bootstrap over users, {gain.Resamples} resamples).");

    private static string Fusion(SimulationReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.StaleFusion.Kind} fusion, chosen on validation users: cloud share {report.StaleFusion.CloudShare:0.00} "
        + $"for lists that lag, {report.FreshFusion.CloudShare:0.00} for up to date ones. "
        + $"Calls count lists asked for after the first, lagging one. "
        + $"Cloud time is per list, in batches; device time is the median of taking in an event and ranking.");

    /// <summary>NDCG@10 over calls per user, a line per mode; the device alone makes no calls and is a level.</summary>
    private static Chart Curve(SimulationReport report)
    {
        var chart = new Chart("calls per user", "NDCG@10") { Height = 420 };
        foreach (var mode in report.Rows.Where(r => r.Policy != "random").GroupBy(r => r.Mode))
        {
            var points = mode.OrderBy(r => r.CallsPerUser).ToArray();
            if (mode.Key == "device") chart.Level("device alone", points[0].Ndcg);
            else chart.Line(mode.Key, [.. points.Select(r => r.CallsPerUser)], [.. points.Select(r => r.Ndcg)]);
        }

        var random = report.Rows.Where(r => r.Policy == "random").ToArray();
        if (random.Length > 0)
            chart.Points("fused, random requests", [.. random.Select(r => r.CallsPerUser)], [.. random.Select(r => r.Ndcg)], isOpen: true);
        return chart;
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
