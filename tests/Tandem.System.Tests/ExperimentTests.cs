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
        var trained = TandemProcess.Run(
            "train", "sasrec", "--data", _folder.WriteRing(), "--epochs", "2", "--threads", "1", "--run", run, "--json");
        Assert.True(trained.ExitCode == 0, trained.Error);
        var measured = TandemProcess.Run(
            "experiment", "adapt", run, "--users", "20", "--set", "rate=0.01", "--set", "part=lastBlock", "--json");
        Assert.True(measured.ExitCode == 0, measured.Error);
        var result = measured.Json;
        Assert.Equal(20, result.GetProperty("users").GetInt32());
        Assert.Equal("validation", result.GetProperty("events").GetString());
        Assert.Equal("lastBlock", result.GetProperty("options").GetProperty("part").GetString());
        Assert.Equal(
            result.GetProperty("gain").GetDouble(), result.GetProperty("ndcgAfter").GetDouble() - result.GetProperty("ndcgBefore")
                .GetDouble(), 1e-12);

        Assert.Contains("rate", TandemProcess.Run("experiment", "adapt", run, "--set", "rate=-1").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("speed", TandemProcess.Run("experiment", "adapt", run, "--set", "speed=1").RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_switch_of_taste_is_measured_on_a_generated_world_and_reported()
    {
        var run = _folder["drift"];
        var measured = TandemProcess.Run("experiment", "drift", "--users", "20", "--epochs", "1", "--threads", "1", "--run", run, "--json");
        Assert.True(measured.ExitCode == 0, measured.Error);
        var result = measured.Json;
        Assert.Equal(20, result.GetProperty("users").GetInt32());
        Assert.Equal(8, result.GetProperty("models").GetArrayLength());
        Assert.All(result.GetProperty("models").EnumerateArray(), model =>
        {
            Assert.InRange(model.GetProperty("hitRateBefore").GetDouble(), 0, 1);
            Assert.Equal(30, model.GetProperty("curve").GetArrayLength());
            Assert.Equal(2, model.GetProperty("interval").GetArrayLength());
        });
        Assert.Equal(0.2, result.GetProperty("settings").GetProperty("world").GetProperty("noise").GetDouble());
        var page = File.ReadAllText(Path.Combine(run, "report.html"));
        Assert.Contains("linear-attention", page, StringComparison.Ordinal);
        Assert.Contains("<svg", page, StringComparison.Ordinal);

        Assert.Contains("users", TandemProcess.Run("experiment", "drift", "--users", "0").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("no two users", TandemProcess.Run("experiment", "drift", "--data", _folder.WriteRing()).RefusedWith(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_run_is_refused() =>
        Assert.Contains(
            "no training run", TandemProcess.Run("experiment", "adapt", _folder["nowhere"]).RefusedWith(), StringComparison.Ordinal);
}
