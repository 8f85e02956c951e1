using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ScottPlot;

namespace Tandem.Simulation;

/// <summary>A simulation as one self-contained HTML page: the curve, the table, the settings.</summary>
public static class HtmlReport
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes the page.</summary>
    public static void Write(SimulationReport report, string path)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $$"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <title>Tandem: {{Escape(report.Data)}}</title>
            <style>
              body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
              table { border-collapse: collapse } td, th { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #ddd }
              td:nth-child(-n+2), th:nth-child(-n+2) { text-align: left } pre { background: #f6f6f6; padding: 1rem; overflow: auto }
            </style>
            <h1>{{Escape(report.Data)}}, cloud {{report.Lag}} events behind</h1>
            <p>{{report.Users}} users. {{Escape(report.Protocol)}}.</p>
            {{Curve(report)}}
            <table>
            <tr><th>mode<th>policy<th>rate<th>Recall@10<th>NDCG@10<th>calls per user<th>device µs<th>cloud ms

            """);
        foreach (var row in report.Rows)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{row.Mode}<td>{row.Policy}<td>{row.RequestRate:0%}<td>{row.Recall:0.0000}<td>{row.Ndcg:0.0000}<td>{row.CallsPerUser:0.00}<td>{row.DeviceMicros:0}<td>{row.CloudMillis:0.0}\n");
        }

        var gain = report.FusionGain is { } found
            ? FormattableString.Invariant(
                $"Fused over the better of cloud list and re-ranked list at rate 0: NDCG@10 {found.Mean:+0.0000;-0.0000}, 95 % interval {found.Lower:+0.0000;-0.0000} … {found.Upper:+0.0000;-0.0000} (paired bootstrap over users, {found.Resamples} resamples).")
            : "";
        page.Append(CultureInfo.InvariantCulture, $$"""
            </table>
            <p>{{gain}}
            {{report.StaleFusion.Kind}} fusion, chosen on validation users: cloud share {{report.StaleFusion.CloudShare:0.00}} for lists that lag,
            {{report.FreshFusion.CloudShare:0.00}} for up to date ones. Calls count lists asked for after the first,
            lagging one. Cloud time is per list, in batches; device time is the median of taking in an event and ranking.</p>
            <h2>Settings</h2>
            <pre>{{Escape(JsonSerializer.Serialize(report.Options, _json))}}</pre>
            <p>Data hash {{report.DataHash}}; {{report.TotalSeconds:0}} s in all.</p>
            </html>

            """);
        File.WriteAllText(path, page.ToString());
    }

    /// <summary>NDCG@10 over calls per user, a line per mode; the device alone makes no calls and is a level.</summary>
    private static string Curve(SimulationReport report)
    {
        using var plot = new Plot();
        foreach (var mode in report.Rows.Where(r => r.Policy != "random").GroupBy(r => r.Mode))
        {
            var points = mode.OrderBy(r => r.CallsPerUser).ToArray();
            if (mode.Key == "device")
            {
                var level = plot.Add.HorizontalLine(points[0].Ndcg, pattern: LinePattern.Dashed);
                level.LegendText = "device alone";
                continue;
            }

            var line = plot.Add.Scatter(points.Select(r => r.CallsPerUser).ToArray(), points.Select(r => r.Ndcg).ToArray());
            (line.LegendText, line.LineWidth, line.MarkerSize) = (mode.Key, 2, 7);
        }

        foreach (var row in report.Rows.Where(r => r.Policy == "random"))
        {
            var mark = plot.Add.Marker(row.CallsPerUser, row.Ndcg, MarkerShape.OpenDiamond, 10);
            mark.LegendText = "fused, random requests";
        }

        plot.XLabel("calls per user");
        plot.YLabel("NDCG@10");
        plot.ShowLegend(Alignment.LowerRight);
        var svg = plot.GetSvgXml(760, 420);
        return svg[svg.IndexOf("<svg", StringComparison.Ordinal)..]; // without the XML declaration, which HTML has no place for
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
