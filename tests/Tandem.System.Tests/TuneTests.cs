using System.Text.Json;
using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class TuneTests : IDisposable
{
    private const string Space = """
        { "training.optimizer.learningRate": { "log": [1e-6, 1e-2] }, "backbone.width": { "values": [16, 32] }, "loss.tokenBudget": { "log2": [128, 512] } }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_search_ends_with_its_best_settings_a_report_and_logs_of_each_trial()
    {
        var first = Tune(Space);
        Assert.Equal(0, first.ExitCode);
        var best = JsonDocument.Parse(File.ReadAllText(_folder["tune/best.json"])).RootElement;
        var rate = best.GetProperty("training").GetProperty("optimizer").GetProperty("learningRate").GetDouble();
        Assert.Equal(rate, first.Json.GetProperty("values").GetProperty("training.optimizer.learningRate").GetDouble());
        Assert.Equal(4, best.GetProperty("training").GetProperty("epochs").GetInt32());
        Assert.Equal(4, Directory.GetFiles(_folder["tune"], "training.csv", SearchOption.AllDirectories).Length);
        Assert.Contains("<svg", File.ReadAllText(_folder["tune/report.html"]), StringComparison.Ordinal);

        var again = Tune(Space);
        Assert.Equal(first.Output, again.Output);
        Assert.DoesNotContain("epoch 1", again.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "backbone.widht": { "values": [16] } }""", "the recipe has no 'widht' there; expected one of: kind")]
    [InlineData("""{ "backbone.width": { "log": [0, 8] } }""", "expected both ends above 0")]
    [InlineData("not json", "no JSON")]
    public void A_space_that_cannot_be_searched_is_refused(string space, string expected) =>
        Assert.Contains(expected, Tune(space).RefusedWith(), StringComparison.Ordinal);

    [Fact]
    public void A_fraction_where_a_whole_number_belongs_is_refused()
    {
        var refused = Tune("""{ "backbone.width": { "linear": [16, 17] } }""");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("a value does not fit the recipe", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_do_not_fit_together_fail_their_trials_alone()
    {
        Assert.Equal(0, Tune("""{ "backbone.heads": { "values": [1, 5] }, "backbone.dropout": { "linear": [0, 0.3] } }""").ExitCode);
        Assert.Contains("64 is not divisible by 5 heads", File.ReadAllText(_folder["tune/trials.json"]), StringComparison.Ordinal);
    }

    private TandemProcess Tune(string space) => TandemProcess.Run(
        "tune", "sasrec", "--data", _folder.WriteRing(), "--space", _folder.Write("space.json",
            space), "--configurations", "4", "--epochs", "4",
        "--eta", "2", "--threads", "1", "--run", _folder["tune"], "--json");
}
