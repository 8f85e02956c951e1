using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class ExperimentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Learning_on_the_device_is_measured_on_a_trained_run()
    {
        var run = _folder["run"];
        var trained = TandemProcess.Run("train", "sasrec", "--data", _folder.WriteRing(), "--epochs", "2", "--threads", "1", "--run", run, "--json");
        Assert.True(trained.ExitCode == 0, trained.Error);
        var measured = TandemProcess.Run("experiment", "adapt", run, "--users", "20", "--set", "rate=0.01", "--set", "part=lastBlock", "--json");
        Assert.True(measured.ExitCode == 0, measured.Error);
        var result = measured.Json;
        Assert.Equal(20, result.GetProperty("users").GetInt32());
        Assert.Equal("validation", result.GetProperty("events").GetString());
        Assert.Equal("lastBlock", result.GetProperty("options").GetProperty("part").GetString());
        Assert.Equal(
            result.GetProperty("gain").GetDouble(), result.GetProperty("ndcgAfter").GetDouble() - result.GetProperty("ndcgBefore").GetDouble(), 1e-12);

        Assert.Contains("rate", TandemProcess.Run("experiment", "adapt", run, "--set", "rate=-1").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("speed", TandemProcess.Run("experiment", "adapt", run, "--set", "speed=1").RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_run_is_refused() =>
        Assert.Contains("no training run", TandemProcess.Run("experiment", "adapt", _folder["nowhere"]).RefusedWith(), StringComparison.Ordinal);
}
