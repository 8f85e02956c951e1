using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>Open models that are taught a catalogue, from the command line (shared/golden/README.md).</summary>
public sealed class TrainLanguageTests : IDisposable
{
    private static readonly string[] _small =
    [
        "--epochs", "2", "--set", "lists.beams=20", "--set", "lists.validationBeams=10", "--set", "training.optimizer.learningRate=0.01",
        "--set", "window=8", "--threads", "1", "--json",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("llama-gqa-bf16", "")]
    [InlineData("t5-relu-tied", "4")]
    public void A_model_is_taught_resumes_evaluates_and_opens_again(string name, string rank)
    {
        var (checkpoint, run) = (SharedFolder.Require($"golden/hf/{name}"), _folder["run"]);
        string[] lora = rank.Length == 0 ? [] : ["--lora", rank];
        string[] train =
        [
            "train", "language", "--checkpoint", checkpoint, "--data", _folder.WriteRing(), "--set", $"codes.file={WriteCodes()}", .. lora,
            "--run", run, .. _small,
        ];
        var trained = TandemProcess.Run(train);
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.InRange(trained.Json.GetProperty("test").GetProperty("recall@50").GetDouble(), 0.01, 1);

        var again = TandemProcess.Run(train);
        Assert.Equal(trained.Json.GetProperty("test").GetRawText(), again.Json.GetProperty("test").GetRawText());
        Assert.DoesNotContain("epoch", again.Error, StringComparison.Ordinal);
        var evaluated = TandemProcess.Run("evaluate", run, "--json");
        Assert.Equal(trained.Json.GetProperty("test").GetRawText(), evaluated.Json.GetProperty("test").GetRawText());

        // The run's folder is a model as the one that was given, with the codes' tokens behind its own.
        var own = TandemProcess.Run("language", "score", "--checkpoint", checkpoint, "--ids", "3,17,42", "--json").Json;
        var taught = TandemProcess.Run("language", "score", "--checkpoint", run, "--ids", "3,17,42", "--json").Json;
        Assert.Equal(own.GetProperty("logits")[0].GetArrayLength() + 16, taught.GetProperty("logits")[0].GetArrayLength());
    }

    [Fact]
    public void What_does_not_fit_together_is_refused_in_a_line()
    {
        var checkpoint = SharedFolder.Require("golden/hf/t5-relu-tied");
        string[] train =
        [
            "train", "language", "--data", _folder.WriteRing(), "--set", $"codes.file={WriteCodes()}", "--run", _folder["run"], .. _small,
        ];
        Assert.Contains("--checkpoint", TandemProcess.Run(train).RefusedWith(), StringComparison.Ordinal);
        Assert.Contains(
            "no such file", TandemProcess.Run([.. train, "--checkpoint", _folder["none"]]).RefusedWith(), StringComparison.Ordinal);
        string[] asked = [.. train, "--checkpoint", checkpoint];
        Assert.Contains("rank 0", TandemProcess.Run([.. asked, "--lora", "0"]).RefusedWith(), StringComparison.Ordinal);
        // Its folder has no tokenizer, and words need one.
        Assert.Contains(
            "tokenizer", TandemProcess.Run([.. asked, "--set", "teach=[\"sequential\"]"]).RefusedWith(), StringComparison.Ordinal);
        Assert.Contains(
            "model language", TandemProcess.Run("train", "sasrec", "--data", _folder.WriteRing(), "--lora", "4").RefusedWith(),
            StringComparison.Ordinal);
        Assert.Contains(
            "model language", TandemProcess.Run("train", "sasrec", "--data", _folder.WriteRing(), "--accelerator", "cuda").RefusedWith(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_of_another_model_is_refused()
    {
        var folder = Directory.CreateDirectory(_folder["mixed"]).FullName;
        foreach (var file in Directory.EnumerateFiles(SharedFolder.Require("golden/hf/t5-relu-tied")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.Copy(SharedFolder.Require("data/t5-tokenizer/spiece.model"), Path.Combine(folder, "spiece.model"));
        var refused = TandemProcess.Run(
            [
                "train", "language", "--checkpoint", folder, "--data", _folder.WriteRing(), "--set", "writing=numbers", "--set",
                "teach=[\"sequential\"]", "--run", _folder["run"], .. _small,
            ]).RefusedWith();
        Assert.Contains("not of one model", refused, StringComparison.Ordinal);

        // Nor may a run replace what it starts from.
        var own = TandemProcess.Run(["train", "language", "--checkpoint", folder, "--data", _folder["ring"], "--run", folder, .. _small]);
        Assert.Contains("is the checkpoint itself", own.RefusedWith(), StringComparison.Ordinal);
    }

    private string WriteCodes()
    {
        File.WriteAllLines(_folder["codes.txt"], Enumerable.Range(1, 40).Select(item => $"{item} {(item - 1) / 8} {(item - 1) % 8}"));
        return _folder["codes.txt"];
    }
}
