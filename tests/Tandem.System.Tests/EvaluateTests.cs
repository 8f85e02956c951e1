using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>Every model from the command line: trained, ranked again, compared.</summary>
public sealed class EvaluateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sasrec", 0.9)]
    [InlineData("gru4rec", 0.5)]
    [InlineData("hstu", 0.5)]
    [InlineData("din", 0.2)]
    [InlineData("cooccurrence", 0.9)]
    [InlineData("itemknn", 0.5)]
    [InlineData("ease", 0.2)]
    [InlineData("popularity", 0)]
    public void A_model_is_trained_and_evaluated_again_to_the_same_figures(string model, double least)
    {
        var run = Train(model);
        var trained = run.GetProperty("test");
        Assert.True(trained.GetProperty("recall@10").GetDouble() >= least, $"{trained.GetProperty("recall@10")}");
        foreach (
            var file in new[] { "model.safetensors", "recipe.json", "run.json", "report.html", "evaluation.parquet", "evaluation.json" })
        {
            Assert.True(File.Exists(Path.Combine(_folder[model], file)), file);
        }

        var evaluated = TandemProcess.Run("evaluate", _folder[model], "--threads", "1", "--json").Json;
        foreach (var metric in trained.EnumerateObject())
            Assert.Equal(metric.Value.GetDouble(), evaluated.GetProperty("test").GetProperty(metric.Name).GetDouble(), 1e-9);
        Assert.Equal(run.GetProperty("dataHash").GetString(), evaluated.GetProperty("dataHash").GetString());
    }

    [Fact]
    public void A_better_model_is_compared_as_such()
    {
        Train("cooccurrence");
        Train("popularity");
        var compared = TandemProcess.Run("compare", _folder["cooccurrence"], _folder["popularity"], "--json").Json;
        Assert.True(compared.GetProperty("interval")[0].GetDouble() > 0);
        Assert.True(compared.GetProperty("p").GetDouble() < 0.01);
    }

    [Fact]
    public void Sampled_ranking_warns_flatters_and_is_not_kept()
    {
        Train("popularity");
        var before = File.ReadAllText(Path.Combine(_folder["popularity"], "evaluation.json"));
        var full = TandemProcess.Run("evaluate", _folder["popularity"], "--json");
        var sampled = TandemProcess.Run("evaluate", _folder["popularity"], "--sampled", "5", "--json");
        Assert.Contains("warning", sampled.Error, StringComparison.Ordinal);
        Assert.Contains("SAMPLED", sampled.Json.GetProperty("protocol").GetString(), StringComparison.Ordinal);
        Assert.True(Recall(sampled) > Recall(full));
        Assert.Equal(before, File.ReadAllText(Path.Combine(_folder["popularity"], "evaluation.json")));

        static double Recall(TandemProcess process) => process.Json.GetProperty("test").GetProperty("recall@10").GetDouble();
    }

    [Fact]
    public void A_protocol_with_samples_says_so_everywhere_and_has_areas_of_users_and_of_all()
    {
        var run = _folder["sampled"];
        var trained = TandemProcess.Run(
            "train", "popularity", "--data", _folder.WriteRing(), "--protocol", "sampled-9", "--run", run, "--json");
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.Contains("ranking among 9 SAMPLED items", trained.Json.GetProperty("protocol").GetString(), StringComparison.Ordinal);
        var test = trained.Json.GetProperty("test");
        Assert.Equal(1, test.GetProperty("recall@10").GetDouble());     // ten items are always among the best ten
        // All items of a ring are equally popular: what a constant scorer has, not what ties against the target would leave.
        Assert.InRange(test.GetProperty("auc").GetDouble(), 0.4, 0.6);
        Assert.InRange(test.GetProperty("userAuc").GetDouble(), 0.4, 0.6);
        Assert.Equal(test.GetRawText(), TandemProcess.Run("evaluate", run, "--json").Json.GetProperty("test").GetRawText());
        Assert.Equal(0, TandemProcess.Run("train", "popularity", "--data", _folder["ring"], "--run", _folder["full"]).ExitCode);
        Assert.Contains("protocol is", TandemProcess.Run("compare", run, _folder["full"]).RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_the_device_cannot_run_is_not_recommended_from()
    {
        Train("popularity");
        Assert.Contains("no device runtime", TandemProcess.Run("recommend", _folder["popularity"], "--history", "1").RefusedWith(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Protocols_other_than_leave_one_out_train_and_test()
    {
        var run = TandemProcess.Run(
            "train", "cooccurrence", "--data", _folder.WriteRing(), "--protocol", "ratio-3-2-5", "--run", _folder["ratio"], "--json").Json;
        Assert.StartsWith("ratio-3-2-5", run.GetProperty("protocol").GetString(), StringComparison.Ordinal);
        var line = TandemProcess.Run("train", "cooccurrence", "--data", _folder["ring"], "--protocol", "global-time", "--run",
            _folder["time"]).RefusedWith();
        Assert.Contains("no times", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_file_is_the_command_line_written_down()
    {
        var config = _folder["config.json"];
        File.WriteAllText(config, """{ "model": "sasrec", "protocol": "loo-refit", "settings": { "backbone": { "kind": "sasrec", "width": 16 }, "training": { "epochs": 2 } } }""");
        string[] common = ["--data", _folder.WriteRing(), "--threads", "1", "--json"];
        var byFile = TandemProcess.Run(["train", "sasrec", "--config", config, "--run", _folder["file"], .. common]).Json;
        var byLine = TandemProcess.Run(
            ["train", "sasrec", "--protocol", "loo-refit", "--set", "backbone.width=16", "--epochs", "2", "--run", _folder["line"],
                .. common]).Json;
        Assert.Equal(
            byFile.GetProperty("test").GetProperty("ndcg@10").GetDouble(), byLine.GetProperty("test").GetProperty("ndcg@10").GetDouble());
        var line = TandemProcess.Run(["train", "gru4rec", "--config", config, "--run", _folder["other"], .. common]).RefusedWith();
        Assert.Contains("'sasrec'", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("transformer", "sasrec, gru4rec")]
    [InlineData("sasrec", "widht", "--set", "backbone.widht=3")]
    [InlineData("sasrec", "PATH=VALUE", "--set", "width")]
    [InlineData("sasrec", "ratio-3-2-5", "--protocol", "leave-two-out")]
    public void What_cannot_be_trained_is_answered_with_what_can(string model, string expected, params string[] options)
    {
        var line = TandemProcess.Run(["train", model, "--data", _folder.WriteRing(), "--run", _folder["run"], .. options]).RefusedWith();
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }

    private global::System.Text.Json.JsonElement Train(string model)
    {
        string[] epochs = model is "sasrec" or "gru4rec" or "hstu" or "din"
            ? ["--epochs", model == "din" ? "6" : "30", "--set", model == "din" ? "model.dropout=0" : "backbone.dropout=0.1", "--set",
                "training.optimizer.learningRate=0.005"]
            : [];
        var run = TandemProcess.Run(
            ["train", model, "--data", _folder.WriteRing(), "--threads", "1", "--run", _folder[model], "--json", .. epochs]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Json;
    }
}
