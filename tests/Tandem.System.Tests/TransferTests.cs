using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary><c>tandem transfer</c>: three trainings and what they say of the source.</summary>
public sealed class TransferTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_source_is_held_against_nothing_and_against_noise()
    {
        var data = _folder.WriteRing();
        var source = _folder["source"];
        var trained = TandemProcess.Run("train", "gru4rec", "--data", data, "--epochs", "2", "--threads", "1", "--run", source);
        Assert.True(trained.ExitCode == 0, trained.Error);
        string[] arguments =
        [
            "transfer", "--from", source, "--to", "sasrec", "--data", data, "--set", "training.epochs=2", "--seeds", "2", "--threads", "1",
            "--run", _folder["transfer"], "--json",
        ];
        var result = TandemProcess.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.All(["alone", "transferred", "noise", "difference"], name =>
            Assert.InRange(result.Json.GetProperty(name).GetDouble(), name == "difference" ? -1 : 0, 1));
        Assert.Equal(2, result.Json.GetProperty("interval").GetArrayLength());
        Assert.Contains("over noise in its place", result.Json.GetProperty("verdict").GetString(), StringComparison.Ordinal);
        Assert.Equal(6, result.Json.GetProperty("runs").GetArrayLength());

        // What is finished is not trained again.
        var again = TandemProcess.Run(arguments);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(result.Output, again.Output);

        // The adapter is gone: what was trained with it has the tensors of what was not, and ranks by itself.
        Assert.Equal(Names("alone-1"), Names("transferred-1"));
        var evaluated = TandemProcess.Run("evaluate", Path.Combine(_folder["transfer"], "transferred-1"), "--threads", "1", "--json");
        Assert.True(evaluated.ExitCode == 0, evaluated.Error);

        string[] Names(string run) =>
            [.. Protocol.Safetensors.SafetensorsFile.Load(Path.Combine(_folder["transfer"], run, "model.safetensors")).Tensors.Keys];
    }

    [Fact]
    public void What_cannot_be_transferred_is_refused_before_anything_is_written()
    {
        var data = _folder.WriteRing();
        Assert.Contains("sequence model", Refused("transfer", "--from", "x", "--to", "popularity", "--data", data));
        Assert.Contains("no such folder or file", Refused(
            "transfer", "--from", _folder["nothing"], "--to", "sasrec", "--data", data, "--run", _folder["run"]));
        Assert.False(Directory.Exists(_folder["run"]));

        static string Refused(params string[] arguments) => TandemProcess.Run(arguments).RefusedWith();
    }
}
