using System.Text.Json;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary><c>tandem experiment classify</c> on a few titles and on generated images.</summary>
public sealed class ClassifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Titles_are_classified_with_an_encoders_knowledge_and_its_rivals_and_nothing_is_trained_twice()
    {
        var run = _folder["run"];
        string[] arguments =
        [
            "experiment", "classify", "--data", WriteTitles(), "--from", "minilm", "--labels", "0.5", "--seeds", "2", "--steps", "50",
            "--rates", "0.003,0.01", "--arms", "adapter,noise,distill-all,start,start-adapter", "--threads", "1", "--run", run, "--json",
        ];
        var result = TandemProcess.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(JsonValueKind.Array, result.Json.GetProperty("labels").ValueKind);
        foreach (var share in result.Json.GetProperty("shares").EnumerateArray())
        {
            Assert.Equal(2, share.GetProperty("grid").GetArrayLength());
            Assert.Equal(
                ["alone", "adapter", "noise", "distill-all", "start", "start-adapter", "teacher"],
                share.GetProperty("arms").EnumerateArray().Select(arm => arm.GetProperty("name").GetString()));
            Assert.All(share.GetProperty("arms").EnumerateArray(), arm => Assert.Equal(2, arm.GetProperty("tests").GetArrayLength()));
            Assert.Contains("over noise in its place", share.GetProperty("verdicts")[0].GetString(), StringComparison.Ordinal);
        }

        var written = File.GetLastWriteTimeUtc(Directory.EnumerateFiles(run, "result.json", SearchOption.AllDirectories).Order().First());
        var again = TandemProcess.Run(arguments);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(result.Output, again.Output);
        Assert.Equal(
            written, File.GetLastWriteTimeUtc(Directory.EnumerateFiles(run, "result.json", SearchOption.AllDirectories).Order().First()));
        arguments[Array.IndexOf(arguments, "--steps") + 1] = "100";
        Assert.Contains("another experiment", TandemProcess.Run(arguments).RefusedWith(), StringComparison.Ordinal);

        // What was trained is itself a source: for a recommender too.
        var weights = Directory.EnumerateFiles(run, "model.safetensors", SearchOption.AllDirectories).Order().First();
        Assert.Contains("convolutions.0.weight", SafetensorsFile.Load(weights).Tensors.Keys);
        var transferred = TandemProcess.Run(
            "transfer", "--from", weights, "--to", "sasrec", "--data", _folder.WriteRing(), "--control", "none", "--set",
            "training.epochs=1", "--threads", "1", "--run", _folder["transfer"], "--json");
        Assert.True(transferred.ExitCode == 0, transferred.Error);
    }

    [Fact]
    public void Images_are_classified_with_the_weights_of_a_file()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("layer.weight", Enumerable.Range(0, 48).Select(i => MathF.Sin(i)).ToArray(), 8, 6);
        writer.Save(_folder["source.safetensors"]);
        var result = TandemProcess.Run(
            "experiment", "classify", "--images", "generated", "--count", "100", "--from", _folder["source.safetensors"], "--labels", "1",
            "--seeds", "1", "--steps", "50", "--rates", "0.01", "--arms", "adapter", "--threads", "1", "--run", _folder["images"], "--json",
            "--pair", "blocks.2.expand.convolution.weight=layer.weight");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(
            ["alone", "adapter"],
            result.Json.GetProperty("shares")[0].GetProperty("arms").EnumerateArray().Select(arm => arm.GetProperty("name").GetString()));
        Assert.Contains("has no parameter 'blocks.0.expand", TandemProcess.Run(
            "experiment", "classify", "--images", "generated", "--count", "100", "--from", _folder["source.safetensors"], "--labels", "1",
            "--seeds", "1", "--steps", "50", "--rates", "0.01", "--threads", "1", "--run", _folder["unlike"],
            "--pair", "blocks.0.expand.convolution.weight=layer.weight").RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        Assert.Contains("either --data or --images", Refused("--from", "minilm"), StringComparison.Ordinal);
        Assert.Contains("does not read", Refused("--images", "generated", "--model", "textCnn", "--from", "x"), StringComparison.Ordinal);
        Assert.Contains("encoder's", Refused("--data", "x", "--from", "x", "--arms", "start"), StringComparison.Ordinal);
        Assert.Contains("a share in", Refused("--data", "x", "--from", "minilm", "--labels", "2"), StringComparison.Ordinal);
        Assert.Contains("no such folder or file", Refused(
            "--images", "generated", "--count", "20", "--from", _folder["no"], "--run", _folder["none"]), StringComparison.Ordinal);

        static string Refused(params string[] arguments) => TandemProcess.Run(["experiment", "classify", .. arguments]).RefusedWith();
    }

    /// <summary>60 items of three categories whose titles have words of them.</summary>
    private string WriteTitles()
    {
        string[][] words = [["red", "nail", "polish"], ["dry", "hair", "shampoo"], ["soft", "hand", "cream"]];
        var raw = Directory.CreateDirectory(_folder["titles"]).FullName;
        string[] categories = ["nails", "hair", "hands"];
        var items = Enumerable.Range(0, 60)
            .Select(i => $"{i + 1}\t{words[i % 3][i / 3 % 3]} {words[i % 3][i / 9 % 3]} {i}\t{categories[i % 3]}");
        File.WriteAllLines(Path.Combine(raw, "items.tsv"), ["item\ttitle\tcategories", .. items]);
        var sequences = Enumerable.Range(1, 60).Select(i => $"{i} {i} {i % 60 + 1} {(i + 1) % 60 + 1}");
        File.WriteAllLines(Path.Combine(raw, "sequences.txt"), sequences);
        return raw;
    }
}
