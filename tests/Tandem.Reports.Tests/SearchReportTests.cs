using System.Text.Json.Nodes;
using Tandem.Learning.Training;
using Tandem.Learning.Training.Search;
using Tandem.Tests;

namespace Tandem.Reports.Tests;

public sealed class SearchReportTests : IDisposable
{
    private const string Space = """
        { "rate": { "log": [1e-4, 1e-2] }, "dropout": { "values": [0.2, 0.3, 0.4, 0.5] },
          "decay": { "linear": [0, 0.1] }, "loss": { "values": ["bce", "softmax"] } }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_page_shows_a_scatter_for_each_setting_every_trial_and_the_best_settings()
    {
        var report = Sample(_folder["tune"]);
        report.Write(_folder["report.html"]);
        var page = File.ReadAllText(_folder["report.html"]);
        Assert.Equal(4, page.Split("<svg").Length - 1);
        Assert.Contains(
            "27 trials up to 3 epochs, then 9 trials up to 9 epochs, then 3 trials up to 27 epochs, then 1 trial up to 81 epochs.",
            page, StringComparison.Ordinal);
        Assert.Contains($"Best: trial {report.Result.Best.Number}", page, StringComparison.Ordinal);
        Assert.Contains($"&quot;rate&quot;: {report.Result.Settings["rate"]!.ToJsonString()}", page, StringComparison.Ordinal);
        Assert.Contains("diverged", page, StringComparison.Ordinal);
        Assert.Equal(27 + 1, page.Split("<tr>").Length - 1);
    }

    /// <summary>The points of a chart are Skia's ellipses: one per result and one per name in the legend.</summary>
    [Fact]
    public void Every_result_is_a_point_of_each_scatter()
    {
        var report = Sample(_folder["tune"]);
        report.Write(_folder["report.html"]);
        var charts = File.ReadAllText(_folder["report.html"]).Split("<svg").Skip(1).ToArray();
        var (results, rungs) = (report.Result.Trials.Sum(t => t.Rungs.Count(r => r.Validation is not null)), 4);
        Assert.All(charts, chart => Assert.Equal(results + rungs, chart.Split("<ellipse").Length - 1));
    }

    internal static SearchReport Sample(string folder)
    {
        var recipe = (JsonObject)JsonNode.Parse("""{ "rate": 1e-3, "dropout": 0.4, "decay": 0.01, "loss": "bce" }""")!;
        var (space, options) = (
            SearchSpace.Parse(Space, "space.json"), new SuccessiveHalvingOptions { Configurations = 27, Epochs = 81, Seed = 1 });
        var result = new SuccessiveHalving(space, options, recipe, "data", folder, Train).Run(TestContext.Current.CancellationToken);
        return new() { Model = "sasrec", Data = "beauty", DataHash = "abc123", Space = space, Options = options, Result = result };
    }

    private static double Train(JsonObject settings, string folder, int epochs, CancellationToken cancel)
    {
        var rate = Math.Log10((double)settings["rate"]!);
        if (rate > -2.1) throw new TrainingException("diverged");
        return (0.06 - 0.02 * Math.Pow(rate + 3, 2)) * (1 - Math.Exp(-epochs / 6.0));
    }
}
