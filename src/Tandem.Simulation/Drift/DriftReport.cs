using System.Globalization;
using Tandem.Reports;

namespace Tandem.Simulation.Drift;

/// <summary>A switch of taste as a page: curves, table, settings.</summary>
public static class DriftReport
{
    /// <summary>Heads of <see cref="Rows"/>.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["model", "epochs", "HR@10 before", "events to recover", "95 %", "to the common bar", "to the unswitched", "95 %", "HR@10 after",
            "ttt ahead", "95 %"];

    /// <summary>Writes the page.</summary>
    /// <param name="study">What was asked.</param>
    /// <param name="options">How.</param>
    /// <param name="figures">What came out.</param>
    /// <param name="settings">Shown as JSON.</param>
    /// <param name="path">Of the page.</param>
    public static void Write(DriftStudy study, DriftOptions options, IReadOnlyList<DriftFigures> figures, object settings, string path)
    {
        using var chart = new Chart("events of the new taste seen", "HR@10") { Height = 420 };
        foreach (var model in figures) chart.Line(model.Model, [.. model.Curve.Select((_, i) => (double)i)], [.. model.Curve]);
        chart.Line(
            $"{figures[0].Model}, no switch", [.. figures[0].CurveUnswitched.Select((_, i) => (double)i)], [.. figures[0].CurveUnswitched]);
        chart.CountAcross();
        chart.StartAtZero();
        new Page($"A switch of taste: {study.Dataset.Name}")
            .Paragraph(string.Create(
                CultureInfo.InvariantCulture,
                $"{study.Learners.Count} users to learn from, {study.Histories.Length} asked, who switch after {options.SwitchAt} events. "
                + $"Recovered: the mean over {options.Smoothing} events stays at {options.Share:0%} or more of the mean of the "
                + $"{options.Baseline} events before; the common bar is that of "
                + $"the best model, the unswitched are the same users without a switch. After: the first {options.Compared} events; "
                + $"ttt ahead by so much, paired by user."))
            .Figure(chart)
            .Table(Columns, Rows(figures))
            .Heading("Settings")
            .Json(settings)
            .Paragraph($"Data hash {study.Dataset.Hash}.")
            .Write(path);
    }

    /// <summary>A row of text for each model.</summary>
    public static IEnumerable<string[]> Rows(IEnumerable<DriftFigures> figures) => figures.Select(model => (string[])
    [
        model.Model, Text((int?)model.Epochs), Text(model.HitRateBefore), Text(model.EventsToRecover),
            $"{Text(model.Interval[0])} … {Text(model.Interval[1])}",
        Text(model.EventsToCommonBar), Text(model.EventsToUnswitched),
            $"{Text(model.UnswitchedInterval[0])} … {Text(model.UnswitchedInterval[1])}",
        Text(model.HitRateAfter), Text(model.TttAhead.Mean), $"{Text(model.TttAhead.Lower)} … {Text(model.TttAhead.Upper)}",
    ]);

    private static string Text(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Text(int? events) => events?.ToString(CultureInfo.InvariantCulture) ?? "never";
}
