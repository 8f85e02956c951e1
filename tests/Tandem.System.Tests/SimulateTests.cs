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
            "simulate", "--data", _folder.WriteRing(), "--list", "10", "--device-epochs", "12", "--cloud-epochs", "4", "--threads", "1", "--run", run, "--json");
        Assert.True(simulated.ExitCode == 0, simulated.Error);
        var result = simulated.Json;
        Assert.Equal("ring", result.GetProperty("data").GetString());
        Assert.Equal(2, result.GetProperty("lag").GetInt32());
        var rows = result.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(
            ["device 0", "cloud 0", "rerank 0", "fused 0", "cloud 0.2", "rerank 0.2", "fused 0.2", "fused 0.2", "cloud 1", "rerank 1", "fused 1"],
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
}
