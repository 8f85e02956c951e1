using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Learning.Training.Search;

namespace Tandem.Reports;

/// <summary>A search as a page: the best settings, validation over each searched setting, every trial.</summary>
public sealed record SearchReport
{
    /// <summary>What was trained, such as <c>sasrec</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>Hash of its content.</summary>
    public required string DataHash { get; init; }

    /// <summary>What was searched.</summary>
    public required SearchSpace Space { get; init; }

    /// <summary>How many configurations, and for how long.</summary>
    public required SuccessiveHalvingOptions Options { get; init; }

    /// <summary>What was found.</summary>
    public required SearchResult Result { get; init; }

    /// <summary>Name of the validation measure. Default <c>NDCG@10</c>.</summary>
    public string Measure { get; init; } = "NDCG@10";

    /// <summary>Writes the page.</summary>
    public void Write(string path)
    {
        var best = Result.Best;
        var page = new Page($"Search for {Model} on {Data}")
            .Paragraph($"{Rungs()} Seed {Options.Seed}; data hash {DataHash}.")
            .Paragraph(Choice(best))
            .Heading("Best settings").Json(Result.Settings);
        foreach (var dimension in Space.Dimensions) AddScatter(page, dimension);
        page.Heading("Trials").Table(
            ["trial", .. Space.Dimensions.Select(d => d.Path), "epochs", $"validation {Measure}", "seconds", "failure"],
            Result.Trials.OrderByDescending(t => t.Rungs.Count).ThenByDescending(t => t.Validation).ThenBy(t => t.Number).Select(Row),
            textColumns: 0);
        page.Write(path);
    }

    private string Choice(Trial best) =>
        $"Best: trial {best.Number}, validation {Measure} {Text(best.Validation, "0.0000")} "
                + $"within {Count(best.Rungs[^1].Epochs, "epoch")}. "
        + $"Chosen on validation targets; the best of {Count(Result.Trials.Count, "trial")} is flattered by the choice, so only the test "
        + "targets tell what it is worth.";

    private string Rungs() => string.Join(", then ", Options.Rungs().Select(
        (rung, i) => $"{Count(Result.Trials.Count(t => t.Rungs.Count > i), "trial")} up to {Count(rung.Epochs, "epoch")}")) + ".";

    private static string Count(int n, string noun) => n == 1 ? $"1 {noun}" : $"{n} {noun}s";

    private void AddScatter(Page page, SearchDimension dimension)
    {
        using var chart = new Chart(dimension.Path, $"validation {Measure}");
        string[] names = [.. dimension.Choices.Select(Value)];
        if (names.Length > 0) chart.NameAcross(names);
        else if (dimension.Scale == SearchScale.Log) chart.LogarithmAcross(dimension.Low, dimension.High);
        double Across(JsonNode value) => names.Length > 0 ? Array.IndexOf(names, Value(value)) : (double)value;
        foreach (var rung in Result.Trials.SelectMany(t => t.Rungs).Select(r => r.Epochs).Distinct().Order())
        {
            var points = Result.Trials.SelectMany(t => t.Rungs.Where(r => r.Epochs == rung && r.Validation is not null)
                .Select(r => (X: Across(t.Overrides[dimension.Path]!), Y: r.Validation!.Value))).ToArray();
            if (points.Length > 0)
            {
                chart.Points(
                $"up to {Count(rung, "epoch")}", [.. points.Select(p => p.X)], [.. points.Select(p => p.Y)]);
            }
        }

        page.Heading(dimension.Path).Figure(chart);
    }

    private string[] Row(Trial trial) =>
    [
        Text(trial.Number, "0"), .. Space.Dimensions.Select(d => Value(trial.Overrides[d.Path]!)), Text(trial.Rungs[^1].Epochs, "0"),
        trial.Rungs[^1].Validation is { } value ? Text(value, "0.0000") : "", Text(trial.Rungs.Sum(r => r.Seconds), "0.0"),
        trial.Rungs[^1].Failure ?? "",
    ];

    private static string Value(JsonNode value) =>
        value.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)value! : value.ToJsonString();

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
