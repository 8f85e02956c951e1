using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class TrainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_trained_from_raw_files_recommends_through_the_device_runtime()
    {
        var run = _folder["run"];
        var trained = TandemProcess.Run(
            "train", "sasrec", "--data", _folder.WriteRing(), "--protocol", "loo-refit", "--epochs", "30", "--set", "backbone.dropout=0.1",
                "--threads", "1", "--run", run, "--json");
        Assert.Equal(0, trained.ExitCode);
        var result = trained.Json;
        Assert.Equal("sasrec", result.GetProperty("model").GetString());
        Assert.StartsWith("loo-refit", result.GetProperty("protocol").GetString(), StringComparison.Ordinal);
        Assert.True(result.GetProperty("test").GetProperty("recall@10").GetDouble() > 0.95);
        foreach (var name in new[] { "secondsPerEpoch", "epochs", "totalSeconds" })
            Assert.True(result.GetProperty(name).GetDouble() > 0, name);
        Assert.Equal(run, result.GetProperty("run").GetString());

        var recommended = TandemProcess.Run("recommend", run, "--history", "11,12,13,14", "--count", "1", "--json");
        Assert.Equal("15", recommended.Json.GetProperty("items")[0].GetProperty("key").GetString());
    }

    [Fact]
    public void A_prepared_folder_trains_to_the_same_model_as_its_raw_files()
    {
        var raw = _folder.WriteRing();
        Assert.Equal(0, TandemProcess.Run("data", "prepare", raw, "--out", _folder["prepared"]).ExitCode);
        Assert.Equal(Ndcg(raw), Ndcg(_folder["prepared"]));

        double Ndcg(string data) => TandemProcess.Run("train", "sasrec", "--data", data, "--epochs", "3", "--threads", "1", "--run",
            _folder[Path.GetFileName(data) + "-run"], "--json")
            .Json.GetProperty("test").GetProperty("ndcg@10").GetDouble();
    }

    [Fact]
    public void MovieLens_100k_is_read_as_its_publisher_wrote_it()
    {
        var data = SharedFolder.Require("data/ml-100k");
        var prepared = TandemProcess.Run("data", "prepare", data, "--out", _folder["ml-100k"], "--json").Json;
        Assert.Equal((943, 1682, 100_000), (Get("users"), Get("items"), Get("interactions")));

        int Get(string name) => prepared.GetProperty(name).GetInt32();
    }

    [Theory]
    [InlineData(null, "none")]
    [InlineData("frozen", "frozen")]
    [InlineData("zero-rate", "zeroRate")]
    [InlineData("linear-attention", "linearAttention")]
    public void A_ttt_model_trains_with_each_of_its_controls(string? control, string setting)
    {
        var run = _folder["run"];
        string[] chosen = control is null ? [] : ["--control", control];
        var trained = TandemProcess.Run(
            ["train", "ttt", "--data", _folder.WriteRing(), "--protocol", "ratio-3-2-5", "--epochs", "2", "--threads", "1", "--run", run,
                "--json", .. chosen]);
        Assert.Equal(0, trained.ExitCode);
        Assert.Equal("ttt", trained.Json.GetProperty("model").GetString());
        Assert.Contains($"\"control\": \"{setting}\"", File.ReadAllText(Path.Combine(run, "recipe.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sasrec", "frozen", "expected model ttt")]
    [InlineData("ttt", "thawed", "expected frozen, zero-rate or linear-attention")]
    public void A_control_that_a_model_has_not_is_refused(string model, string control, string reason) =>
        Assert.Contains(
            reason, TandemProcess.Run("train", model, "--data", _folder.WriteRing(), "--control", control)
                .RefusedWith(), StringComparison.Ordinal);
    [Fact]
    public void A_clouds_lists_are_learned_from_where_it_has_not_learned_the_events()
    {
        var (data, cloud, device, known) = (_folder.WriteRing(), _folder["cloud"], _folder["device"], _folder["known"]);
        string[] shape = ["--data", data, "--epochs", "2", "--threads", "1", "--json"];
        Assert.Equal(0, TandemProcess.Run(["train", "sasrec", .. shape, "--protocol", "loo-age-2", "--run", cloud]).ExitCode);
        var trained = TandemProcess.Run(["train", "sasrec", .. shape, "--set", $"lists.cloud={cloud}", "--run", device]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.Contains("cloud lists", trained.Error, StringComparison.Ordinal);
        Assert.Equal(0, TandemProcess.Run(["train", "sasrec", .. shape, "--run", known]).ExitCode);
        Assert.Contains("trained under loo, and the device's model under loo", TandemProcess.Run(
            ["train", "sasrec", .. shape, "--set", $"lists.cloud={known}", "--run", _folder["other"]]).RefusedWith(),
            StringComparison.Ordinal);
        Assert.Contains("no training run", TandemProcess.Run(
            ["train", "sasrec", .. shape, "--set", $"lists.cloud={_folder["nowhere"]}", "--run", _folder["other"]]).RefusedWith(),
            StringComparison.Ordinal);
    }

}
