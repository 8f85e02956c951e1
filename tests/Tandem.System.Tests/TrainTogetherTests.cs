using System.Text.Json;
using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>Cooperative training and re-training as one command.</summary>
public sealed class TrainTogetherTests : IDisposable
{
    private static readonly string[] _shape =
        ["--set", "backbone.width=8", "--set", "successors.enabled=true", "--set", "training.replicas=1", "--threads", "1"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public TrainTogetherTests() => _data = _folder.WriteRing();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Stages_are_runs_that_go_on_from_each_other_and_are_compared()
    {
        var (cloud, device, run) = (Cooccurrence("loo-age-2"), Sequence("device", "loo-age-2"), _folder["run"]);
        string[] together =
        [
            "train", "together", "--data", _data, "--cloud", cloud, "--device", device, "--list-weight", "0.1", "1", "--epochs", "2",
            "--threads", "1", "--run", run, "--json",
        ];
        var trained = TandemProcess.Run(together);
        Assert.True(trained.ExitCode == 0, trained.Error);
        var stages = trained.Json.GetProperty("stages").EnumerateArray().ToArray();
        Assert.Equal(
            ["independent", "cooperative over independent", "retrained over cooperative", "retrained-without-lists over retrained"],
            stages.Select(Describe));
        Assert.Equal(["loo-age-2", "loo-age-2", "loo", "loo"], stages.Select(stage => stage.GetProperty("protocol").GetString()));
        Assert.Equal(device, stages[0].GetProperty("run").GetString());
        Assert.Equal(
            [.. stages[2..].Select(stage => stage.GetProperty("ndcg@10").GetDouble())],
            stages[2..].Select(stage => TandemProcess.Run("evaluate", stage.GetProperty("run").GetString()!, "--json")
                .Json.GetProperty("test").GetProperty("ndcg@10").GetDouble()));
        Assert.Contains("retrained-without-lists", File.ReadAllText(Path.Combine(run, "report.html")), StringComparison.Ordinal);

        // The weight that validation prefers is the one that re-training goes on with.
        var weight = stages[1].GetProperty("listWeight").GetRawText();
        Assert.Equal(weight, stages[2].GetProperty("listWeight").GetRawText());
        var recipe = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "retrained", "recipe.json"))).RootElement;
        Assert.Equal(
            Path.Combine(run, $"cooperative-{weight}"),
            recipe.GetProperty("settings").GetProperty("pretrained").GetProperty("run").GetString());

        var again = TandemProcess.Run(together);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(trained.Json.GetProperty("stages").GetRawText(), again.Json.GetProperty("stages").GetRawText());
    }

    [Fact]
    public void Runs_that_know_too_much_or_are_no_sequence_models_are_refused()
    {
        var (cloud, device) = (Cooccurrence("loo-age-2"), Sequence("device", "loo"));
        Assert.Contains("both learn the history alone", Together(cloud, device), StringComparison.Ordinal);
        Assert.Contains("expected a run of", Together(cloud, cloud), StringComparison.Ordinal);
        Assert.Contains("--cloud", Together(_folder["nowhere"], Sequence("old", "loo-age-2")), StringComparison.Ordinal);
        var refused = TandemProcess.Run([
            "train", "sasrec", "--data", _data, "--protocol", "loo-age-1", "--epochs", "1", .. _shape, "--set",
            $"pretrained.run={device}", "--run", _folder["later"]]).RefusedWith();
        Assert.Contains("must not have learned what this training may not: expected loo-age-1", refused, StringComparison.Ordinal);
        refused = TandemProcess.Run(
            "train", "sasrec", "--data", _data, "--epochs", "1", "--set", $"pretrained.run={device}", "--run", _folder["wider"])
            .RefusedWith();
        Assert.Contains("backbone.width: the run has 8", refused, StringComparison.Ordinal);
    }

    private static string Describe(JsonElement stage) => stage.GetProperty("over").GetString() is { } over
        ? $"{stage.GetProperty("name").GetString()} over {over}"
        : stage.GetProperty("name").GetString()!;

    private string Together(string cloud, string device) => TandemProcess.Run(
        "train", "together", "--data", _data, "--cloud", cloud, "--device", device, "--run", _folder["refused"]).RefusedWith();

    private string Cooccurrence(string protocol)
    {
        var run = _folder["cloud"];
        Assert.Equal(0, TandemProcess.Run("train", "cooccurrence", "--data", _data, "--protocol", protocol, "--run", run).ExitCode);
        return run;
    }

    private string Sequence(string name, string protocol)
    {
        var run = _folder[name];
        var trained = TandemProcess.Run([
            "train", "sasrec", "--data", _data, "--protocol", protocol, "--epochs", "3", .. _shape, "--run", run]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        return run;
    }
}
