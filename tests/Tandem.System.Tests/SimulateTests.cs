using System.Text.Json;
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
            ["device none 0", "cloud never 0", "rerank never 0", "fused never 0", "cloud expected-gain 0.2", "rerank expected-gain 0.2",
                "fused expected-gain 0.2", "fused consistency 0.2", "fused random 0.2", "cloud always 1", "rerank always 1",
                "fused always 1"],
            rows.Select(r => $"{r.GetProperty("mode").GetString()} {r.GetProperty("policy").GetString()} "
                + r.GetProperty("requestRate").GetRawText()));
        Assert.All(rows, row =>
        {
            var rate = row.GetProperty("requestRate").GetDouble();
            var calls = row.GetProperty("callsPerUser").GetDouble();
            Assert.True(rate is 0 or 1 ? calls == rate : calls is >= 0 and <= 1);
            Assert.InRange(row.GetProperty("recall@10").GetDouble(), row.GetProperty("ndcg@10").GetDouble(), 1);
            Assert.Equal(calls, row.GetProperty("realisedRate").GetDouble());
            Assert.True(row.GetProperty("deviceMicros").GetDouble() > 0);
            Assert.Equal(row.GetProperty("mode").GetString() != "device", row.GetProperty("bytesUp").GetDouble() > 0);
            Assert.Equal(("learned", "all", 0), (row.GetProperty("fusion").GetString(), row.GetProperty("deviceItems").GetString(),
                row.GetProperty("bundleAge").GetInt32()));
            Assert.NotEqual(0, row.GetProperty("slices").GetArrayLength());
            Assert.Equal(row.GetProperty("mode").GetString() == "device", row.GetProperty("cloudMillis").GetDouble() == 0);
        });
        Assert.True(result.GetProperty("totalSeconds").GetDouble() > 0);
        Assert.Contains("<svg", File.ReadAllText(Path.Combine(run, "report.html")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "run.json")));
        Assert.Equal(1 + rows.Length, File.ReadAllLines(Path.Combine(run, "rows.csv")).Length);
        var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "bundle", "manifest.json"))).RootElement;
        Assert.Equal(50, manifest.GetProperty("collaboration").GetProperty("ownCandidates").GetInt32());
        Assert.Equal(2, manifest.GetProperty("collaboration").GetProperty("fusion").GetArrayLength());
        Assert.Equal(14, manifest.GetProperty("collaboration").GetProperty("request").GetProperty("weights").GetArrayLength());
    }

    [Fact]
    public void The_papers_mode_has_its_windows_fusions_and_batches()
    {
        string[] paper = ["--mode", "paper", "--device-epochs", "4", "--rates", "0,50,100", "--policy", "consistency,random"];
        var simulated = Simulate(_folder.WriteRing(), _folder["run"], [.. paper, "--numbering", "firstAppearance"]);
        Assert.True(simulated.ExitCode == 0, simulated.Error);
        Assert.Contains("published windows, items numbered first-appearance", simulated.Json.GetProperty("protocol").GetString()!,
            StringComparison.Ordinal);
        var rows = simulated.Json.GetProperty("rows").EnumerateArray().ToArray();
        string[] at(string policy) =>
            [$"cloud {policy}", $"rerank {policy}", $"fused m2 {policy}", $"fused m3 {policy}", $"fused m4 {policy}"];
        Assert.Equal(
            ["device none", .. at("never"), .. at("consistency"), "fused m2 random", "fused m3 random", "fused m4 random", .. at("always")],
            rows.Select(row => row.GetProperty("mode").GetString() is "fused"
                ? $"fused {row.GetProperty("fusion").GetString()} {row.GetProperty("policy").GetString()}"
                : $"{row.GetProperty("mode").GetString()} {row.GetProperty("policy").GetString()}"));
        Assert.All(rows, row => Assert.Equal(
            row.GetProperty("mode").GetString() is "rerank" or "fused" && row.GetProperty("policy").GetString() != "random",
            row.GetProperty("overList").ValueKind == JsonValueKind.Number));
        // 120 users are eight batches, the last of eight users: four may ask.
        var half = rows.Single(row => row.GetProperty("policy").GetString() == "random" && row.GetProperty("fusion").GetString() == "m2");
        Assert.InRange(half.GetProperty("realisedRate").GetDouble(), (3 * 16 + 8) / 120.0 - 1e-6, 4 * 16 / 120.0 + 1e-6);

        Assert.Contains("fusions of its own", Simulate(
            _folder.WriteRing(), _folder["other"], "--mode", "paper", "--fusion", "published").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("leave it or --cloud out", Simulate(
            _folder.WriteRing(), _folder["other"], "--mode", "paper", "--numbering", "firstAppearance", "--cloud", _folder["run"])
            .RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("for the paper's mode alone", Simulate(
            _folder.WriteRing(), _folder["other"], "--numbering", "firstAppearance").RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_came_with_lists_several_views_and_faults_are_settings()
    {
        var simulated = Simulate(
            _folder.WriteRing(), _folder["run"], "--device-epochs", "4", "--device-items", "slices", "--views", "3", "--faults",
            "--rates", "0,50", "--policy", "every-events,random");
        Assert.True(simulated.ExitCode == 0, simulated.Error);
        var rows = simulated.Json.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["device never", "cloud never", "rerank never", "fused never", "cloud every-events", "rerank every-events",
            "fused every-events", "fused random"],
            rows.Select(row => $"{row.GetProperty("mode").GetString()} {row.GetProperty("policy").GetString()}"));
        Assert.All(rows, row => Assert.Equal("slices", row.GetProperty("deviceItems").GetString()));
        Assert.All(rows, row => Assert.True(row.GetProperty("bytesDown").GetDouble() > row.GetProperty("bytesUp").GetDouble()));
    }

    [Fact]
    public void Finished_runs_bring_the_models_that_are_not_trained_again()
    {
        var data = _folder.WriteRing();
        var (trained, first, second) = (_folder["trained"], _folder["first"], _folder["second"]);
        string[] shape = ["--set", "successors.enabled=true", "--threads", "1"];
        Assert.Equal(0, TandemProcess.Run(
            ["train", "sasrec", "--data", data, "--epochs", "12", .. shape, "--run", trained, "--json"]).ExitCode);
        var alone = Simulate(data, first, "--device-run", trained);
        Assert.True(alone.ExitCode == 0, alone.Error);
        Assert.DoesNotContain("device model", alone.Error, StringComparison.Ordinal);
        Assert.Equal(trained, alone.Json.GetProperty("deviceRun").GetString());

        var both = Simulate(data, second, "--device-run", trained, "--cloud", first);
        Assert.True(both.ExitCode == 0, both.Error);
        Assert.DoesNotContain("epoch", both.Error, StringComparison.Ordinal);
        Assert.Equal(Accuracy(alone), Accuracy(both));
        Assert.False(File.Exists(Path.Combine(second, "cloud.safetensors")));

        static string[] Accuracy(TandemProcess simulated) =>
            [.. simulated.Json.GetProperty("rows").EnumerateArray().Select(
                row => $"{row.GetProperty("recall@10")} {row.GetProperty("ndcg@10")} {row.GetProperty("callsPerUser")}")];
    }

    [Fact]
    public void Weights_of_a_users_own_come_with_each_list_and_are_counted()
    {
        var data = _folder.WriteRing();
        var device = TandemProcess.Run(
            "train", "sasrec", "--data", data, "--epochs", "2", "--parameters", "duet", "--threads", "1", "--run", _folder["device"]);
        Assert.True(device.ExitCode == 0, device.Error);
        var cloud = TandemProcess.Run("train", "popularity", "--data", data, "--run", _folder["cloud"]);
        Assert.True(cloud.ExitCode == 0, cloud.Error);
        var simulated = TandemProcess.Run(
            "simulate", "--data", data, "--device-run", _folder["device"], "--cloud", _folder["cloud"], "--rates", "0,100", "--run",
            _folder["run"], "--json");
        Assert.True(simulated.ExitCode == 0, simulated.Error);
        var rows = simulated.Json.GetProperty("rows").EnumerateArray().ToArray();
        foreach (var policy in new[] { "never", "always" })
        {
            var (plain, personal) = (rows.Single(row => Is(row, "fused", policy)), rows.Single(row => Is(row, "fused-weights", policy)));
            Assert.True(personal.GetProperty("bytesDown").GetDouble() > plain.GetProperty("bytesDown").GetDouble());
            Assert.Equal(plain.GetProperty("bytesUp").GetDouble(), personal.GetProperty("bytesUp").GetDouble());
            var alone = rows.Single(row => Is(row, "device-weights", policy));
            Assert.Equal(personal.GetProperty("bytesDown").GetDouble(), alone.GetProperty("bytesDown").GetDouble());
        }

        static bool Is(JsonElement row, string mode, string policy) =>
            row.GetProperty("mode").GetString() == mode && row.GetProperty("policy").GetString() == policy;
    }

    [Fact]
    public void A_run_that_does_not_fit_is_refused_before_anything_is_written()
    {
        var data = _folder.WriteRing();
        var (refit, run) = (_folder["refit"], _folder["run"]);
        Assert.Equal(0, TandemProcess.Run(
            "train", "sasrec", "--data", data, "--protocol", "loo-refit", "--epochs", "1", "--threads", "1", "--run", refit).ExitCode);
        Assert.Contains("trained under loo-refit", Simulate(data, run, "--device-run", refit).RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("numbered by seed 1", Simulate(data, run, "--device-run", refit, "--seed", "2").RefusedWith(),
            StringComparison.Ordinal);
        Assert.Contains("does not know the text of items",
            Simulate(data, run, "--device-run", refit, "--device", "compiled").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("trained under loo-age-2", Simulate(data, run, "--bundle-age", "2").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("measures a model trained under loo-age-2",
            Simulate(data, run, "--device-run", refit, "--bundle-age", "2").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("'x' is no percentage", Simulate(data, run, "--rates", "0,x").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("--policy clever: expected", Simulate(data, run, "--policy", "clever").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("--lists keeps the lists of a run", Simulate(data, run, "--lists", run).RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("nothing is left for --device-config",
            Simulate(data, run, "--device-run", refit, "--device-epochs", "3").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("trained under loo-refit", Simulate(data, run, "--cloud", refit).RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("no finished run of 'tandem simulate'", Simulate(data, run, "--cloud", data).RefusedWith(),
            StringComparison.Ordinal);
        Assert.Contains("no training run", Simulate(data, run, "--device-run", _folder["nowhere"]).RefusedWith(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(run));
    }

    private static TandemProcess Simulate(string data, string run, params string[] more)
    {
        string[] rates = more.Contains("--rates") ? [] : ["--rates", "0"];
        return TandemProcess.Run(
            ["simulate", "--data", data, "--list", "10", "--cloud-epochs", "2", .. rates, "--threads", "1", "--run", run, "--json",
                .. more]);
    }
}
