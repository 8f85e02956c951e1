using System.Globalization;
using Tandem.Data.Metrics;
using Tandem.Reports;

namespace Tandem.Simulation;

/// <summary>A simulation as one self-contained HTML page: the curves, the table, the parts of the users, the settings.</summary>
public static class HtmlReport
{
    private static readonly string[] _columns =
    [
        "mode", "fusion", "policy", "rate", "realised", "Recall@10", "NDCG@10", "over the device alone", "over the list", "over random",
        "gap recovered",
        "from the list", "bytes up", "bytes down", "device µs", "cloud ms",
        "tokens of 1,000 views", "price of 1,000 views",
    ];

    private static readonly string[] _sliceColumns = ["users", "mode", "policy", "rate", "count", "NDCG@10", "over the device alone"];

    /// <summary>Writes the page.</summary>
    public static void Write(SimulationReport report, string path)
    {
        using var curve = Curve(report);
        new Page($"{report.Data}, cloud {report.Lag} events behind")
            .Paragraph($"{report.Users} users. {report.Protocol}.")
            .Figure(curve)
            .Table(_columns, report.Rows.Select(Row), textColumns: 3)
            .Paragraph(Gain("lagging lists", report.FusionGain))
            .Paragraph(Gain("a fresh list at every view", report.FreshFusionGain))
            .Paragraph(Policies(report))
            .Paragraph("Calls count lists asked for after the first, lagging one. Cloud time is per list, in batches; device time is the "
                + "median of taking in an event and ranking. Bytes are of JSON, per user, the first list included.")
            .Heading("Parts of the users")
            .Table(_sliceColumns, report.Rows.Where(IsMain).SelectMany(SliceRows), textColumns: 3)
            .Heading("Settings")
            .Json(report.Options)
            .Paragraph(string.Create(CultureInfo.InvariantCulture, $"Data hash {report.DataHash}; {report.TotalSeconds:0} s in all."))
            .Write(path);
    }

    /// <summary>A difference with its interval, such as <c>+.0032 (.0021 … .0043)</c>.</summary>
    public static string Text(PairedDifference? difference) => difference is not { } d ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"{d.Mean:+0.0000;-0.0000;0.0000} ({d.Lower:+0.0000;-0.0000;0.0000} … {d.Upper:+0.0000;-0.0000;0.0000})");

    private static string[] Row(SimulationRow row) =>
    [
        row.Mode, row.Mode == "fused" ? row.Fusion : "", row.Policy, Text(row.RequestRate, "0%"), Text(row.RealisedRate, "0.0%"),
        Text(row.Recall, "0.0000"), Text(row.Ndcg, "0.0000"), Text(row.Interval), row.OverList is { } over ? Text(over, "+0%;-0%") : "",
        Text(row.OverRandom), row.GapRecovered is { } gap ? Text(gap, "0%") : "",
        Text(row.ShownFromList, "0%"), Text(row.BytesUp, "0"), Text(row.BytesDown, "0"), Text(row.DeviceMicros, "0"),
        Text(row.CloudMillis, "0.0"), Text(row.ThousandViews.Tokens, "0"),
        row.ThousandViews.Price is { } price ? Text(price, "0.######") : "",
    ];

    private static IEnumerable<string[]> SliceRows(SimulationRow row) => row.Slices.Select(slice => new[]
    {
        slice.Name, row.Mode, row.Policy, Text(row.RequestRate, "0%"), Text(slice.Users, "0"), Text(slice.Ndcg, "0.0000"),
        Text(slice.Interval),
    });

    private static bool IsMain(SimulationRow row) => row.Mode is "device" or "fused" or "cloud";

    private static string Gain(string lists, PairedDifference? gain) => gain is null
        ? ""
        : $"Fused over the best of cloud list, re-ranked list and device alone, {lists}: NDCG@10 {Text(gain)}, "
            + $"paired bootstrap over users, {gain.Value.Resamples} resamples.";

    private static string Policies(SimulationReport report) => string.Join(" ",
    [
        .. report.AreaUnderCurve.Select(at => string.Create(
            CultureInfo.InvariantCulture, $"Area under the curve of {at.Key}: {at.Value:0.00000}.")),
        .. report.ViewsPerCall.Select(at => string.Create(
            CultureInfo.InvariantCulture, $"99 % of what a call at every view has: {at.Key}, {at.Value:0.0} views a call.")),
        .. report.Missed.Select(at => string.Create(
            CultureInfo.InvariantCulture,
            $"At {at.Rate:0%}, views without a call miss {at.Missed:0.00000} on validation, at most {at.Bound:0.00000} in expectation.")),
    ]);

    /// <summary>NDCG@10 over calls per view, a line per mode and policy; the device alone makes no calls and is a level.</summary>
    private static Chart Curve(SimulationReport report)
    {
        var chart = new Chart("calls per view", "NDCG@10") { Height = 420 };
        chart.Level("device alone", report.Rows.First(row => row.Mode == "device").Ndcg);
        var ends = report.Rows.Where(row => row.Policy is "never" or "always").ToArray();
        foreach (var mode in new[] { "cloud", "rerank" }) Line(chart, mode, report.Rows.Where(row => row.Mode == mode));
        var fused = report.Rows.Where(row => row.Mode == "fused" && row.Fusion == report.Rows[0].Fusion).ToArray();
        var policies = fused.Select(row => row.Policy).Where(policy => policy is not ("never" or "always")).Distinct().ToArray();
        if (policies.Length == 0) Line(chart, "fused", fused);
        foreach (var policy in policies)
            Line(chart, $"fused, {policy}", fused.Where(row => row.Policy == policy).Concat(ends.Where(fused.Contains)));
        return chart;
    }

    private static void Line(Chart chart, string name, IEnumerable<SimulationRow> rows)
    {
        var points = rows.OrderBy(row => row.RealisedRate).ToArray();
        if (points.Length > 0) chart.Line(name, [.. points.Select(row => row.RealisedRate)], [.. points.Select(row => row.Ndcg)]);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
