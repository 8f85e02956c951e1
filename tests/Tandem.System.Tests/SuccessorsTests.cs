using System.Text.Json;
using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class SuccessorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sasrec", "loo")]
    [InlineData("gru4rec", "loo-refit")]
    public void Counts_join_a_barely_trained_model_and_the_device_ranks_by_the_same_sums(string model, string protocol)
    {
        var run = _folder["run"];
        var trained = TandemProcess.Run(
            "train", model, "--data", _folder.WriteRing(), "--protocol", protocol, "--epochs", "1", "--set", "successors.enabled=true",
                "--threads", "1", "--run", run, "--json");
        Assert.True(trained.ExitCode == 0, trained.Error);
        var successors = trained.Json.GetProperty("successors");
        Assert.True(successors.GetProperty("join").GetProperty("weight").GetDouble() > 0);
        Assert.True(successors.GetProperty("validation").GetDouble() > successors.GetProperty("modelAlone").GetDouble());
        Assert.True(Recall(trained.Json) > 0.9, trained.Output);

        Assert.Equal(Recall(trained.Json), Recall(TandemProcess.Run("evaluate", run, "--threads", "1", "--json").Json));
        var byDevice = TandemProcess.Run("evaluate", run, "--bundle", Path.Combine(run, "bundle"), "--threads", "1", "--json").Json;
        Assert.Equal(Recall(trained.Json), Recall(byDevice), 0.02);
        var recommended = TandemProcess.Run("recommend", run, "--history", "11,12,13,14", "--count", "1", "--json");
        Assert.Equal("15", recommended.Json.GetProperty("items")[0].GetProperty("key").GetString());

        var exported = TandemProcess.Run("export", run, "--format", "onnx");
        Assert.Contains("counts of successors", exported.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_counts_says_so_and_keeps_no_file_of_them()
    {
        var run = _folder["run"];
        var trained = TandemProcess.Run(
            "train", "sasrec", "--data", _folder.WriteRing(), "--epochs", "1", "--threads", "1", "--run", run, "--json");
        Assert.Equal(JsonValueKind.Null, trained.Json.GetProperty("successors").ValueKind);
        Assert.False(File.Exists(Path.Combine(run, "successors.safetensors")));
        Assert.DoesNotContain("successors", File.ReadAllText(Path.Combine(run, "bundle", "manifest.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_model_of_the_loop_takes_its_settings_from_a_file()
    {
        var config = _folder["device.json"];
        File.WriteAllText(config, """{ "model": "gru4rec", "settings": { "backbone": { "width": 16 }, "successors": { "enabled": true }, "training": { "epochs": 2 } } }""");
        var run = _folder["run"];
        var simulated = TandemProcess.Run(
            "simulate", "--data", _folder.WriteRing(), "--list", "10", "--device-config", config, "--cloud-epochs", "1", "--rates", "0",
                "--threads", "1", "--run", run, "--json");
        Assert.True(simulated.ExitCode == 0, simulated.Error);
        Assert.True(simulated.Json.GetProperty("deviceSuccessors").GetProperty("join").GetProperty("weight").GetDouble() > 0);
        var device = simulated.Json.GetProperty("rows").EnumerateArray().First(row => row.GetProperty("mode").GetString() == "device");
        Assert.True(device.GetProperty("recall@10").GetDouble() > 0.9);
    }

    [Theory]
    [InlineData("ease", "'ease' is no sequence model")]
    [InlineData("unknown", "no model is called 'unknown'")]
    public void Settings_of_no_sequence_model_are_refused_for_the_device(string model, string reason)
    {
        var config = _folder["device.json"];
        File.WriteAllText(config, $$"""{ "model": "{{model}}" }""");
        Assert.Contains(
            reason, TandemProcess.Run("simulate", "--data", _folder.WriteRing(), "--device-config", config, "--run", _folder["run"])
                .RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_counts_that_cannot_be_are_refused_before_training() => Assert.Contains(
        "successors: count 0",
        TandemProcess.Run(
            "train", "sasrec", "--data", _folder.WriteRing(), "--set", "successors.enabled=true", "--set", "successors.count=0", "--run",
                _folder["run"]).RefusedWith(),
        StringComparison.Ordinal);

    private static double Recall(JsonElement result) => result.GetProperty("test").GetProperty("recall@10").GetDouble();
}
