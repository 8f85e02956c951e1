using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>Codes of items, and the cloud's model over them.</summary>
public sealed class CodesTests : IDisposable
{
    private static readonly string[] _small =
    [
        "--set", "backbone.width=32", "--set", "backbone.blocks=1", "--set", "backbone.dropout=0", "--set", "loss.tokenBudget=200", "--set",
        "loss.temperature=0.1", "--set", "training.optimizer.learningRate=0.01", "--threads", "1",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Codes_of_titles_are_learned_kept_and_described()
    {
        var (data, file) = (WriteTitles(), _folder["codes.txt"]);
        var learned = TandemProcess.Run(
            "codes", "learn", "--data", data, "--method", "opq", "--levels", "2", "--size", "8", "--encoder", "tfidf", "--out", file,
            "--json");
        Assert.True(learned.ExitCode == 0, learned.Error);
        var result = learned.Json;
        Assert.Equal((2, 8, 40), (result.GetProperty("levels").GetInt32(), result.GetProperty("codebookSize").GetInt32(),
            result.GetProperty("items").GetInt32()));
        Assert.InRange(result.GetProperty("collidingShare").GetDouble(), 0, 1);
        Assert.True(result.GetProperty("largestGroup").GetInt32() >= 1);
        Assert.True(result.GetProperty("prefixAlignment").GetDouble() > result.GetProperty("randomAlignment").GetDouble());
        Assert.Equal(2, result.GetProperty("byLevel").GetArrayLength());
        Assert.True(result.GetProperty("categoryAlignment").GetDouble() > 0.5);
        var lines = File.ReadAllLines(file);
        Assert.Equal(Enumerable.Range(1, 40), lines.Select(line => int.Parse(line.Split(' ')[0], null)).Order());
        Assert.All(lines, line => Assert.Equal(3, line.Split(' ').Length));
    }

    [Fact]
    public void The_parallel_model_trains_resumes_evaluates_and_makes_lists()
    {
        var (data, run) = (_folder.WriteRing(), _folder["run"]);
        string[] train = ["train", "parallel", "--data", data, "--set", $"codes.file={WriteCodes()}", "--epochs", "20", .. _small];
        var trained = TandemProcess.Run([.. train, "--run", run, "--json"]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.True(trained.Json.GetProperty("test").GetProperty("recall@10").GetDouble() > 0.95);
        Assert.True(trained.Json.GetProperty("testUnmasked").GetProperty("recall@10").GetDouble() > 0.9);

        var again = TandemProcess.Run([.. train, "--run", run, "--json"]);
        Assert.Equal(trained.Json.GetProperty("test").GetRawText(), again.Json.GetProperty("test").GetRawText());
        Assert.DoesNotContain("epoch", again.Error, StringComparison.Ordinal);
        var evaluated = TandemProcess.Run("evaluate", run, "--json");
        Assert.Equal(trained.Json.GetProperty("test").GetRawText(), evaluated.Json.GetProperty("test").GetRawText());

        var simulated = TandemProcess.Run(
            "simulate", "--data", data, "--list", "10", "--device-epochs", "4", "--threads", "1", "--cloud", run, "--run", _folder["loop"],
            "--json");
        Assert.True(simulated.ExitCode == 0, simulated.Error);
        Assert.Equal(run, simulated.Json.GetProperty("cloudRun").GetString());
        Assert.DoesNotContain("cloud model", simulated.Error, StringComparison.Ordinal);
        var always = simulated.Json.GetProperty("rows").EnumerateArray().Single(
            row => row.GetProperty("mode").GetString() == "cloud" && row.GetProperty("requestRate").GetDouble() == 1);
        Assert.True(always.GetProperty("recall@10").GetDouble() > 0.95);

        // Codes of another catalogue in the run's folder.
        File.WriteAllLines(Path.Combine(run, "codes.txt"), ["900 1 1"]);
        var refused = TandemProcess.Run("evaluate", run).RefusedWith();
        Assert.Contains("item '900', which the data set has not", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void The_generative_model_trains_resumes_evaluates_and_makes_lists()
    {
        var (data, run) = (WriteTitles(), _folder["run"]);
        string[] train = ["train", "generative", "--data", data, "--preset", "cloud-tiny", "--threads", "1"];
        var trained = TandemProcess.Run([.. train, "--run", run, "--json"]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.True(trained.Json.GetProperty("test").GetProperty("recall@10").GetDouble() > 0.9);
        Assert.True(trained.Json.GetProperty("testUnmasked").GetProperty("recall@10").GetDouble() > 0.8);
        Assert.All(
            ["codes.txt", "lists.safetensors", "model.safetensors"], file => Assert.True(File.Exists(Path.Combine(run, file)), file));

        var again = TandemProcess.Run([.. train, "--run", run, "--json"]);
        Assert.Equal(trained.Json.GetProperty("test").GetRawText(), again.Json.GetProperty("test").GetRawText());
        Assert.DoesNotContain("epoch", again.Error, StringComparison.Ordinal);
        var evaluated = TandemProcess.Run("evaluate", run, "--json");
        Assert.Equal(trained.Json.GetProperty("test").GetRawText(), evaluated.Json.GetProperty("test").GetRawText());
        var exported = TandemProcess.Run("export", run, "--format", "onnx", "--out", _folder["m.onnx"]);
        Assert.Contains("'generative'", exported.RefusedWith(), StringComparison.Ordinal);

        var simulated = TandemProcess.Run(
            "simulate", "--data", data, "--list", "30", "--device-epochs", "2", "--threads", "1", "--cloud", run, "--run", _folder["loop"],
            "--json");
        Assert.True(simulated.ExitCode == 0, simulated.Error);
        Assert.Equal(run, simulated.Json.GetProperty("cloudRun").GetString());

        File.Delete(Path.Combine(run, "lists.safetensors"));
        Assert.Contains("lists.safetensors", TandemProcess.Run("evaluate", run).RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void Codes_of_titles_need_titles()
    {
        var run = TandemProcess.Run(
            "train", "generative", "--data", _folder.WriteRing(), "--preset", "cloud-tiny", "--run", _folder["run"]);
        Assert.Contains("title", run.RefusedWith(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cloud-small")]
    [InlineData("cloud-tiny")]
    public void Every_preset_trains(string preset)
    {
        var run = TandemProcess.Run(
            "train", "generative", "--data", WriteTitles(), "--preset", preset, "--epochs", "1", "--threads", "1", "--set",
            "codes.text.encoder=tfidf", "--set", "text.source.encoder=tfidf", "--set", "codes.levels=2", "--set", "codes.codebookSize=8",
            "--set", "codes.components=8", "--run", _folder["run"]);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    [Fact]
    public void Codes_of_another_catalogue_are_refused_in_one_line()
    {
        var file = _folder["other.txt"];
        File.WriteAllLines(file, ["1 0 0", "900 1 1"]);
        var run = TandemProcess.Run(
            ["train", "parallel", "--data", _folder.WriteRing(), "--set", $"codes.file={file}", "--run", _folder["run"], .. _small]);
        Assert.Contains("item '900', which the data set has not", run.RefusedWith(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sasrec", "fast", "'sasrec' has no presets")]
    [InlineData("parallel", "fast", "expected one of: cloud-parallel")]
    [InlineData("generative", "fast", "expected one of: cloud-tiny, cloud-small")]
    public void A_preset_that_a_model_has_not_is_refused(string model, string preset, string reason)
    {
        var run = TandemProcess.Run("train", model, "--data", _folder.WriteRing(), "--preset", preset);
        Assert.Contains(reason, run.RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_preset_stands_below_what_the_command_line_says()
    {
        var run = _folder["run"];
        string[] codes = ["--set", $"codes.file={WriteCodes()}"];
        var trained = TandemProcess.Run(
            ["train", "parallel", "--data", _folder.WriteRing(), "--preset", "cloud-parallel", "--epochs", "1", "--run", run, "--set",
                "text.enabled=false", .. codes, .. _small]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        var recipe = File.ReadAllText(Path.Combine(run, "recipe.json"));
        Assert.Contains("\"width\": 32", recipe, StringComparison.Ordinal);
        Assert.Contains("\"whitening\": 1", recipe, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_whose_item_vectors_are_wanted_is_trained_beside_the_codes()
    {
        var run = _folder["run"];
        string[] train =
        [
            "train", "parallel", "--data", _folder.WriteRing(), "--protocol", "loo-refit", "--set", "codes.from=collaborative", "--set",
            "codes.levels=2", "--set", "codes.codebookSize=8", "--epochs", "1", "--run", run, "--json", .. _small,
        ];
        var trained = TandemProcess.Run(train);
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.True(File.Exists(Path.Combine(run, "collaborative", "model.safetensors")));
        var recipe = File.ReadAllText(Path.Combine(run, "collaborative", "recipe.json"));
        Assert.Contains("\"protocol\": \"loo\"", recipe, StringComparison.Ordinal);
        var again = TandemProcess.Run(train);
        Assert.Equal(trained.Json.GetProperty("test").GetRawText(), again.Json.GetProperty("test").GetRawText());
        Assert.DoesNotContain("epoch", again.Error, StringComparison.Ordinal);
    }

    /// <summary>Of the ring's 40 items, no two alike.</summary>
    private string WriteCodes()
    {
        var path = _folder["ring-codes.txt"];
        File.WriteAllLines(path, Enumerable.Range(0, 40).Select(i => $"{i + 1} {i / 8} {i % 8}"));
        return path;
    }

    /// <summary>The ring, with titles and categories that neighbours have in common.</summary>
    private string WriteTitles()
    {
        var raw = _folder.WriteRing();
        string[] words = ["soap", "brush", "cream", "scent", "oil", "comb", "balm", "mask"];
        File.WriteAllLines(Path.Combine(raw, "items.tsv"), Enumerable.Range(0, 40)
            .Select(i => $"{i + 1}\t{words[i / 5]} {words[i / 5]} number {i % 5}\t{words[i / 5]}").Prepend("item\ttitle\tcategories"));
        return raw;
    }
}
