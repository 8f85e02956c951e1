using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class SimulateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_whole_loop_runs_from_raw_files_to_the_table()
    {
        var run = _folder["run"];
        var simulated = TandemProcess.Run(
            "simulate", "--data", _folder.WriteRing(), "--list", "10", "--device-epochs", "12", "--cloud-epochs", "4", "--threads", "1",
                "--run", run, "--json");
        Assert.True(simulated.ExitCode == 0, simulated.Error);
        var result = simulated.Json;
        Assert.Equal("ring", result.GetProperty("data").GetString());
        Assert.Equal(2, result.GetProperty("lag").GetInt32());
        var rows = result.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(
            ["device 0", "cloud 0", "rerank 0", "fused 0", "cloud 0.2", "rerank 0.2", "fused 0.2", "fused 0.2", "cloud 1", "rerank 1",
                "fused 1"],
            rows.Select(r => $"{r.GetProperty("mode").GetString()} {r.GetProperty("requestRate").GetRawText()}"));
        Assert.All(rows, row =>
        {
            var rate = row.GetProperty("requestRate").GetDouble();
            var calls = row.GetProperty("callsPerUser").GetDouble();
            Assert.True(rate is 0 or 1 ? calls == rate : calls is >= 0 and <= 1);
            Assert.InRange(row.GetProperty("recall@10").GetDouble(), row.GetProperty("ndcg@10").GetDouble(), 1);
            Assert.True(row.GetProperty("deviceMicros").GetDouble() > 0);
            Assert.Equal(row.GetProperty("mode").GetString() == "device", row.GetProperty("cloudMillis").GetDouble() == 0);
        });
        Assert.True(result.GetProperty("totalSeconds").GetDouble() > 0);
        Assert.Contains("<svg", File.ReadAllText(Path.Combine(run, "report.html")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "run.json")));
    }

    [Fact]
    public void Finished_runs_bring_the_models_that_are_not_trained_again()
    {
        var data = _folder.WriteRing();
        var (trained, first, second) = (_folder["trained"], _folder["first"], _folder["second"]);
        string[] shape = ["--set", "successors.enabled=true", "--threads", "1"];
        Assert.Equal(0, TandemProcess.Run(
            ["train", "sasrec", "--data", data, "--epochs", "12", .. shape, "--run", trained, "--json"]).ExitCode);
        var alone = Simulate(data, first, "--device", trained);
        Assert.True(alone.ExitCode == 0, alone.Error);
        Assert.DoesNotContain("device model", alone.Error, StringComparison.Ordinal);
        Assert.Equal(trained, alone.Json.GetProperty("deviceRun").GetString());

        var both = Simulate(data, second, "--device", trained, "--cloud", first);
        Assert.True(both.ExitCode == 0, both.Error);
        Assert.DoesNotContain("epoch", both.Error, StringComparison.Ordinal);
        Assert.Equal(Accuracy(alone), Accuracy(both));
        Assert.False(File.Exists(Path.Combine(second, "cloud.safetensors")));

        static string[] Accuracy(TandemProcess simulated) =>
            [.. simulated.Json.GetProperty("rows").EnumerateArray().Select(
                row => $"{row.GetProperty("recall@10")} {row.GetProperty("ndcg@10")} {row.GetProperty("callsPerUser")}")];
    }

    [Fact]
    public void A_run_that_does_not_fit_is_refused_before_anything_is_written()
    {
        var data = _folder.WriteRing();
        var (refit, run) = (_folder["refit"], _folder["run"]);
        Assert.Equal(0, TandemProcess.Run(
            "train", "sasrec", "--data", data, "--protocol", "loo-refit", "--epochs", "1", "--threads", "1", "--run", refit).ExitCode);
        Assert.Contains("trained under loo-refit", Simulate(data, run, "--device", refit).RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("numbered by seed 1", Simulate(data, run, "--device", refit, "--seed", "2").RefusedWith(),
            StringComparison.Ordinal);
        Assert.Contains("nothing is left for --device-config",
            Simulate(data, run, "--device", refit, "--device-epochs", "3").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("trained under loo-refit", Simulate(data, run, "--cloud", refit).RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("no finished run of 'tandem simulate'", Simulate(data, run, "--cloud", data).RefusedWith(),
            StringComparison.Ordinal);
        Assert.Contains("no training run", Simulate(data, run, "--device", _folder["nowhere"]).RefusedWith(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(run));
    }

    private static TandemProcess Simulate(string data, string run, params string[] more) => TandemProcess.Run(
        ["simulate", "--data", data, "--list", "10", "--cloud-epochs", "2", "--rates", "0", "--threads", "1", "--run", run, "--json",
            .. more]);
}
