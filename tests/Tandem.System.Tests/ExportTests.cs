using Tandem.Device;
using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sasrec", "state,scores", "--set", "backbone.block=ligr")]
    [InlineData("gru4rec", "state,scores")]
    [InlineData("hstu", "state,scores")]
    [InlineData("din", "scores")]
    public void A_run_is_exported_as_onnx(string model, string outputs, params string[] settings)
    {
        var run = Train(model, settings);
        var exported = TandemProcess.Run("export", run, "--format", "onnx", "--json");
        Assert.True(exported.ExitCode == 0, exported.Error);
        var path = Path.Combine(run, "model.onnx");
        Assert.Equal((path, "onnx", model), (Text(exported, "path"), Text(exported, "format"), Text(exported, "kind")));
        Assert.Equal(new FileInfo(path).Length, exported.Json.GetProperty("bytes").GetInt64());
        Assert.Equal("history,candidates", Names(exported, "inputs"));
        Assert.Equal(outputs, Names(exported, "outputs"));

        var named = TandemProcess.Run("export", run, "--format", "onnx", "--out", _folder["named.onnx"]);
        Assert.Contains("history int64 [1, T]", named.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(_folder["named.onnx"]));
    }

    [Fact]
    public void Data_with_times_gives_hstu_an_input_for_them()
    {
        var raw = Directory.CreateDirectory(_folder["timed"]).FullName;
        var events = Enumerable.Range(0, 400).Select(i => $"{i / 10 + 1},{(i / 10 * 3 + i % 10) % 30 + 1},{880_000_000 + i % 10 * 1000}");
        File.WriteAllLines(Path.Combine(raw, "events.csv"), ["user,item,time", .. events]);
        var train = TandemProcess.Run("train", "hstu", "--data", raw, "--epochs", "1", "--threads", "1", "--run", _folder["run"]);
        Assert.True(train.ExitCode == 0, train.Error);
        Assert.Equal(
            "history,times,candidates", Names(TandemProcess.Run("export", _folder["run"], "--format", "onnx", "--json"), "inputs"));
    }

    [Fact]
    public void A_run_is_exported_as_the_bundle_that_its_training_wrote()
    {
        var run = Train("sasrec");
        var exported = TandemProcess.Run("export", run, "--format", "bundle", "--out", _folder["other"], "--json");
        Assert.True(exported.ExitCode == 0, exported.Error);
        Assert.Equal((_folder["other"], "bundle", "sasrec"), (Text(exported, "path"), Text(exported, "format"), Text(exported, "kind")));
        Assert.Equal("", Names(exported, "inputs"));
        foreach (var file in new[] { "manifest.json", "model.safetensors", "keys.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(run, "bundle", file)), File.ReadAllBytes(Path.Combine(_folder["other"], file)));
        Assert.Equal(
            Directory.GetFiles(_folder["other"]).Sum(file => new FileInfo(file).Length), exported.Json.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public void A_bundle_is_exported_without_keys_where_that_is_asked_for()
    {
        var run = Train("sasrec");
        var exported = TandemProcess.Run("export", run, "--format", "bundle", "--without-keys", "--out", _folder["bare"]);
        Assert.True(exported.ExitCode == 0, exported.Error);
        var (with, without) = (DeviceModel.Open(Path.Combine(run, "bundle")), DeviceModel.Open(_folder["bare"]));
        Assert.Equal(with.Shape.Items, with.Items.Count);
        Assert.False(without.HoldsKeys);
        Assert.Equal(["manifest.json", "model.safetensors"], Directory.GetFiles(_folder["bare"]).Select(Path.GetFileName).Order());

        var line = TandemProcess.Run("export", run, "--format", "onnx", "--without-keys").RefusedWith();
        Assert.Contains("--without-keys: an ONNX graph holds no item keys anyway", line, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(run, "model.onnx")));
    }

    [Theory]
    [InlineData("sasrec", "--set", "backbone.block=ligr")]
    [InlineData("gru4rec")]
    [InlineData("hstu")]
    [InlineData("din")]
    public void A_bundle_of_int8_rows_ranks_the_test_as_the_run_does(string model, params string[] settings)
    {
        var run = Train(model, settings);
        var bundle = _folder["small"];
        var export = TandemProcess.Run("export", run, "--format", "bundle", "--items", "quantised", "--stride", "1", "--out", bundle);
        Assert.True(export.ExitCode == 0, export.Error);
        var (torch, device) = (
            TandemProcess.Run("evaluate", run, "--json"), TandemProcess.Run("evaluate", run, "--bundle", bundle, "--json"));
        Assert.True(device.ExitCode == 0, device.Error);
        Assert.Equal(Auc(torch), Auc(device), 0.02);

        static double Auc(TandemProcess process) => process.Json.GetProperty("test").GetProperty("auc").GetDouble();
    }

    [Fact]
    public void A_bundle_without_items_cannot_be_evaluated()
    {
        var run = Train("gru4rec");
        Assert.Equal(0, TandemProcess.Run("export", run, "--format", "bundle", "--items", "none", "--out", _folder["bare"]).ExitCode);
        var line = TandemProcess.Run("evaluate", run, "--bundle", _folder["bare"]).RefusedWith();
        Assert.Contains("holds no item table to rank", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("onnx")]
    [InlineData("bundle")]
    public void A_baseline_is_no_network_and_is_refused(string format)
    {
        var line = TandemProcess.Run("export", Train("popularity"), "--format", format).RefusedWith();
        Assert.Contains("'popularity'", line, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder["run"], "model.onnx")));
    }

    [Theory]
    [InlineData("torchscript", "'bundle'")]
    [InlineData(null, "--format")]
    public void A_format_is_one_of_two(string? format, string expected)
    {
        string[] arguments = format is null ? ["export", _folder.Root] : ["export", _folder.Root, "--format", format];
        Assert.Contains(expected, TandemProcess.Run(arguments).RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_run_or_cannot_be_written_is_named()
    {
        Assert.Contains(
            "no training run", TandemProcess.Run("export", _folder["nowhere"], "--format", "onnx").RefusedWith(), StringComparison.Ordinal);

        var run = Train("sasrec");
        Assert.Contains("is a folder", Refused("onnx", _folder.Root), StringComparison.Ordinal);
        Assert.Contains("no such folder", Refused("onnx", _folder["nowhere/model.onnx"]), StringComparison.Ordinal);
        Assert.Contains("holds", Refused("bundle", _folder.Root), StringComparison.Ordinal);

        File.WriteAllBytes(Path.Combine(run, "model.safetensors"), File.ReadAllBytes(Path.Combine(run, "model.safetensors"))[..100]);
        Assert.Contains("model.safetensors", Refused("onnx", _folder["model.onnx"]), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["model.onnx"]));

        string Refused(string format, string path) => TandemProcess.Run("export", run, "--format", format, "--out", path).RefusedWith();
    }

    private string Train(string model, params string[] settings)
    {
        string[] epochs = model == "popularity" ? [] : ["--epochs", "1"];
        var train = TandemProcess.Run(
            ["train", model, "--data", _folder.WriteRing(), "--threads", "1", "--run", _folder["run"], .. epochs, .. settings]);
        Assert.True(train.ExitCode == 0, train.Error);
        return _folder["run"];
    }

    private static string? Text(TandemProcess process, string name) => process.Json.GetProperty(name).GetString();

    private static string Names(TandemProcess process, string ports) =>
        string.Join(',', process.Json.GetProperty(ports).EnumerateArray().Select(port => port.GetProperty("name").GetString()));
}
