using System.Text.RegularExpressions;
using Tandem.Learning.Training;
using Tandem.Tests;

namespace Tandem.Reports.Tests;

public sealed partial class TrainingReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_page_says_what_was_trained_on_what_and_what_came_of_it()
    {
        var page = Write(Sample(30));
        Assert.Contains("<h1>sasrec on beauty</h1>", page, StringComparison.Ordinal);
        Assert.Contains("loo-refit, full ranking", page, StringComparison.Ordinal);
        Assert.Contains("Seed 7; data hash abc123", page, StringComparison.Ordinal);
        Assert.Contains("best validation NDCG@10 0.0600 after epoch 30", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"text\">recall@10</td><td>0.0987</td>", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"text\">5 to 9 events</td><td>120</td><td>0.0500</td>", page, StringComparison.Ordinal);
        Assert.Contains("&quot;learningRate&quot;: 0.001", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split("<svg").Length - 1);
    }

    [Fact]
    public void What_a_reader_has_to_know_stands_below_the_metrics() =>
        Assert.Contains("</table></div>\n<p>3 of 4 targets &amp; more.</p>", Write(Sample(3) with { Notes = ["3 of 4 targets & more"] }),
            StringComparison.Ordinal);

    [Fact]
    public void A_page_that_cannot_be_written_leaves_the_one_that_was_there()
    {
        var path = _folder["report.html"];
        Sample(3).Write(path);
        var before = File.ReadAllText(path);
        Directory.CreateDirectory(path + ".tmp"); // nothing can be written there
        Assert.ThrowsAny<Exception>(() => (Sample(3) with { Model = "other" }).Write(path));
        Assert.Equal(before, File.ReadAllText(path));
    }

    [Fact]
    public void Nothing_is_loaded_from_elsewhere()
    {
        var page = Write(Sample(30));
        Assert.DoesNotMatch(Loads(), page);
        Assert.Matches(Loads(), "<link rel=\"x\"");
        Assert.Matches(Loads(), "<image href=\"https://example.org/x.png\"/>");
    }

    [Fact]
    public void Without_validation_there_is_no_curve_of_it()
    {
        var page = Write(
            Sample(4) with { Trainings = [new("training", new(4, null, [.. Epochs(4).Select(e => e with { Validation = null })]))] });
        Assert.DoesNotContain("<h2>Validation</h2>", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("<svg").Length - 1);
    }

    [Fact]
    public void A_single_epoch_makes_a_page() => Assert.Equal(3, Write(Sample(1)).Split("<svg").Length - 1);

    internal static TrainingReport Sample(int epochs) => new()
    {
        Model = "sasrec",
        Data = "beauty",
        DataHash = "abc123",
        Protocol = "loo-refit, full ranking, seen items masked, unseen targets kept",
        Seed = 7,
        Test = new Dictionary<string, double> { ["recall@10"] = 0.0987, ["ndcg@10"] = 0.0581, ["mrr"] = 0.0471 },
        Trainings =
        [
            new("sasrec", new(epochs, 0.06, Epochs(epochs))),
            new("refit", new(epochs, null, [.. Epochs(epochs).Select(e => e with { Validation = null, Loss = e.Loss + 0.1 })])),
        ],
        Settings = new { Training = new { LearningRate = 1e-3, Epochs = epochs } },
        Slices =
        [
            new("history length", "5 to 9 events", 120, new Dictionary<string, double> { ["ndcg@10"] = 0.05 }),
            new("history length", "10 events or more", 80, new Dictionary<string, double> { ["ndcg@10"] = 0.07 }),
        ],
        TotalSeconds = 61.4,
        PeakMegabytes = 812,
    };

    private static EpochRecord[] Epochs(int epochs) =>
        [.. Enumerable.Range(1, epochs).Select(e => new EpochRecord(
            e, 3 + 4 * Math.Exp(-e / 8.0), 1.1 + 0.1 * Math.Sin(e), e % 2 == 0 || epochs == 1 ? 0.06 * (1 - Math.Exp(-e / 6.0)) : null))];

    private string Write(TrainingReport report)
    {
        report.Write(_folder["report.html"]);
        return File.ReadAllText(_folder["report.html"]);
    }

    /// <summary>Scripts, style sheets, pictures and fonts by address. Names of XML namespaces are addresses that nobody loads.</summary>
    [GeneratedRegex("<(script|link|iframe|img)|@import|(src|href)=\"?(https?:|//)|url\\((?!#)", RegexOptions.IgnoreCase)]
    private static partial Regex Loads();
}
