using System.Globalization;
using Tandem.Learning.Training;

namespace Tandem.Reports;

/// <summary>A training as a page: what was trained on what, the test metrics, curves over epochs, the settings.</summary>
public sealed record TrainingReport
{
    /// <summary>What was trained, such as <c>sasrec</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>Hash of its content.</summary>
    public required string DataHash { get; init; }

    /// <summary>The protocol of the figures.</summary>
    public required string Protocol { get; init; }

    /// <summary>Every random choice derives from it.</summary>
    public required int Seed { get; init; }

    /// <summary>Test metrics by name, in the order to show.</summary>
    public required IReadOnlyDictionary<string, double> Test { get; init; }

    /// <summary>The run's trainings in order; the last one's model was tested.</summary>
    public required IReadOnlyList<NamedTraining> Trainings { get; init; }

    /// <summary>Every setting; shown as JSON.</summary>
    public required object Settings { get; init; }

    /// <summary>What a reader of the test metrics has to know, a sentence each. Default none.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Test metrics of parts of the users. Default none.</summary>
    public IReadOnlyList<ReportedSlice> Slices { get; init; } = [];

    /// <summary>Name of the validation measure. Default <c>NDCG@10</c>.</summary>
    public string Measure { get; init; } = "NDCG@10";

    /// <summary>From the start to the metrics; null to leave it out.</summary>
    public double? TotalSeconds { get; init; }

    /// <summary>Most memory held, in 2^20 bytes; null to leave it out.</summary>
    public double? PeakMegabytes { get; init; }

    /// <summary>Writes the page.</summary>
    public void Write(string path)
    {
        var page = new Page($"{Model} on {Data}")
            .Paragraph($"{Protocol}.")
            .Paragraph(Facts())
            .Heading("Test")
            .Table(["metric", "value"], Test.Select(m => new[] { m.Key, Text(m.Value, "0.0000") }));
        foreach (var note in Notes) page.Paragraph($"{note}.");
        AddSlices(page);
        AddCurves(page);
        page.Closed("All epochs", AddEpochs).Heading("Settings").Json(Settings).Write(path);
    }

    private string Facts()
    {
        var facts = new List<string> { $"Seed {Seed}", $"data hash {DataHash}" };
        foreach (var (name, result) in Trainings) facts.Add($"{name}: {Describe(result)}");
        if (TotalSeconds is { } seconds) facts.Add($"{Text(seconds, "0.0")} s in all");
        if (PeakMegabytes is { } size) facts.Add($"{Text(size, "0")} MB at the peak");
        return string.Join("; ", facts) + ".";
    }

    private string Describe(TrainingResult result)
    {
        var best = result.BestValidation is { } value
            ? $", best validation {Measure} {Text(value, "0.0000")} after epoch {result.BestEpoch}"
            : "";
        return $"{result.Epochs.Count} epochs of {Text(result.SecondsPerEpoch, "0.00")} s{best}";
    }

    private void AddSlices(Page page)
    {
        foreach (var division in Slices.GroupBy(slice => slice.By))
        {
            var names = division.First().Metrics.Keys.ToArray();
            page.Heading($"Test by {division.Key}").Table(
                [division.Key, "users", .. names],
                division.Select(s => (string[])[s.Name, Text(s.Users, "0"), .. names.Select(name => Text(s.Metrics[name], "0.0000"))]));
        }
    }

    private void AddCurves(Page page)
    {
        AddCurve(page, "Loss", "mean loss of the epoch, nats", epoch => epoch.Loss);
        AddCurve(page, "Validation", $"validation {Measure}", epoch => epoch.Validation);
        AddCurve(page, "Time of training steps", "seconds per epoch", epoch => epoch.Seconds, fromZero: true);
    }

    private void AddCurve(Page page, string heading, string axis, Func<EpochRecord, double?> value, bool fromZero = false)
    {
        using var chart = new Chart("epoch", axis);
        var isEmpty = true;
        foreach (var (name, result) in Trainings)
        {
            var points = result.Epochs.Where(epoch => value(epoch) is not null).ToArray();
            if (points.Length == 0) continue;
            chart.Line(name, [.. points.Select(epoch => (double)epoch.Epoch)], [.. points.Select(epoch => value(epoch)!.Value)]);
            isEmpty = false;
        }

        if (isEmpty) return;
        chart.CountAcross();
        if (fromZero) chart.StartAtZero();
        page.Heading(heading).Figure(chart);
    }

    private void AddEpochs(Page page) => page.Table(
        ["training", "epoch", "loss", $"validation {Measure}", "seconds"],
        Trainings.SelectMany(training => training.Result.Epochs.Select(epoch => (string[])
        [
            training.Name, Text(epoch.Epoch, "0"), Text(epoch.Loss, "0.0000"),
            epoch.Validation is { } measure ? Text(measure, "0.0000") : "", Text(epoch.Seconds, "0.00"),
        ])));

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
