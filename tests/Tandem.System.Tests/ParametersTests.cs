using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class ParametersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_with_personal_weights_is_evaluated_packed_and_measured()
    {
        var run = _folder["run"];
        var trained = TandemProcess.Run(
            "train", "sasrec", "--data", _folder.WriteRing(), "--epochs", "2", "--protocol", "sampled-20", "--parameters", "duet",
            "--threads", "1", "--run", run, "--json");
        Assert.True(trained.ExitCode == 0, trained.Error);
        var test = trained.Json.GetProperty("test");
        Assert.Contains("SAMPLED", trained.Json.GetProperty("protocol").GetString(), StringComparison.Ordinal);
        Assert.InRange(test.GetProperty("userAuc").GetDouble(), 0.3, 1);
        var again = TandemProcess.Run("evaluate", run, "--threads", "1", "--json").Json.GetProperty("test");
        Assert.Equal(test.GetProperty("ndcg@10").GetDouble(), again.GetProperty("ndcg@10").GetDouble());

        var shipped = Scores();
        foreach (var form in new[] { "full", "lowRank", "codes" })
        {
            var made = TandemProcess.Run(
                "parameters", "make", run, "--history", "11,12,13,14", "--form", form, "--out", _folder[$"{form}.safetensors"], "--json");
            Assert.True(made.ExitCode == 0, made.Error);
            Assert.True(File.Exists(_folder[$"{form}.safetensors"]));
            Assert.Equal(4, made.Json.GetProperty("events").GetInt32());
            Assert.NotEqual(shipped, Scores("--packet", _folder[$"{form}.safetensors"]));
        }

        File.WriteAllBytes(_folder["other"], [1, 2, 3]);
        var refused = TandemProcess.Run("recommend", run, "--history", "11,12", "--packet", _folder["other"]);
        Assert.Contains("refused", refused.RefusedWith(), StringComparison.Ordinal);

        var stability = TandemProcess.Run("experiment", "stability", run, "--threads", "1", "--json");
        Assert.True(stability.ExitCode == 0, stability.Error);
        Assert.True(stability.Json.GetProperty("numbers").GetProperty("changePerEvent").GetDouble() > 0);
        Assert.Equal("auc@20", stability.Json.GetProperty("refresh").GetProperty("metric").GetString());
        var noise = TandemProcess.Run("experiment", "noise", run, "--swap", "0.5", "--threads", "1", "--json");
        Assert.Equal(2, noise.Json.GetProperty("runs")[0].GetProperty("rows").GetArrayLength());

        double[] Scores(params string[] packet) =>
            [.. TandemProcess.Run(["recommend", run, "--history", "11,12,13,14", .. packet, "--json"]).Json.GetProperty("items")
                .EnumerateArray().Select(item => item.GetProperty("score").GetDouble())];
    }

    [Theory]
    [InlineData("din", "apg", "codes")]
    [InlineData("din", "precision", "plan")]
    [InlineData("sasrec", "precision", "plan")]
    public void A_run_says_itself_which_form_is_smallest(string model, string source, string smallest)
    {
        var run = _folder["run"];
        var trained = TandemProcess.Run(
            "train", model, "--data", _folder.WriteRing(), "--epochs", "2", "--protocol", "sampled-20", "--parameters", source,
            "--threads", "1", "--run", run, "--json");
        Assert.True(trained.ExitCode == 0, trained.Error);
        string[] make = ["parameters", "make", run, "--history", "11,12,13,14", "--out", _folder["packet"]];
        var made = TandemProcess.Run([.. make, "--json"]);
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Equal(smallest, made.Json.GetProperty("form").GetString());
        var full = TandemProcess.Run([.. make, "--form", "full", "--json"]).Json.GetProperty("payloadBytes").GetInt32();
        Assert.InRange(made.Json.GetProperty("payloadBytes").GetInt32(), 1, full / 10);
        var served = TandemProcess.Run("recommend", run, "--history", "11,12,13,14", "--packet", _folder["packet"], "--json");
        Assert.Equal(10, served.Json.GetProperty("items").GetArrayLength());
        var other = smallest == "plan" ? "codes" : "plan";
        Assert.Contains("plan", TandemProcess.Run([.. make, "--form", other]).RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_ablation_compares_each_part_with_none_and_all()
    {
        string[] arguments =
        [
            "experiment", "ablation", "sasrec", "--parameters", "duet", "--data", _folder.WriteRing(), "--variant", "constant", "--set",
            "training.epochs=1", "--threads", "1", "--run", _folder["ablation"], "--json",
        ];
        var result = TandemProcess.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        var rows = result.Json.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["without", "whole", "constant"], rows.Select(row => row.GetProperty("name").GetString()));
        Assert.Equal(0, rows[0].GetProperty("overWithout")[0].GetProperty("mean").GetDouble());
        Assert.True(Directory.Exists(Path.Combine(_folder["ablation"], "whole-1")));
        var again = TandemProcess.Run(arguments);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(result.Json.GetProperty("rows").GetRawText(), again.Json.GetProperty("rows").GetRawText());
    }

    [Fact]
    public void Noise_and_stability_train_what_they_measure_where_no_run_is_named()
    {
        string[] training =
        [
            "--parameters", "apg", "--data", _folder.WriteRing(), "--protocol", "sampled-20", "--set", "training.epochs=1",
            "--threads", "1", "--json",
        ];
        var noise = TandemProcess.Run(["experiment", "noise", "--swap", "0.5", "--run", _folder["noise"], .. training]);
        Assert.True(noise.ExitCode == 0, noise.Error);
        Assert.Equal(3, noise.Json.GetProperty("runs").GetArrayLength());
        Assert.True(Directory.Exists(Path.Combine(_folder["noise"], "duet-1")));
        var stability = TandemProcess.Run(["experiment", "stability", "--run", _folder["stability"], .. training]);
        Assert.True(stability.ExitCode == 0, stability.Error);
        Assert.Contains("give either", TandemProcess.Run("experiment", "stability").RefusedWith());
        Assert.Contains("give either", TandemProcess.Run("experiment", "noise", "a", "--parameters", "duet").RefusedWith());
        Assert.Contains("--data", TandemProcess.Run("experiment", "noise", "--parameters", "duet").RefusedWith());
    }

    [Fact]
    public void What_cannot_be_made_is_told()
    {
        var data = _folder.WriteRing();
        Assert.Contains("no weights of users' own", Refused("train", "popularity", "--data", data, "--parameters", "duet"));
        var bare = TandemProcess.Run("train", "sasrec", "--data", data, "--parameters", "solid", "--run", _folder["bare"]);
        Assert.NotEqual(0, bare.ExitCode);
        Assert.Contains("has a category", bare.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder["bare"], "recipe.json")));
        Assert.Contains("backbone.hidden", Refused("train", "gru4rec", "--data", data, "--parameters", "duet", "--epochs", "1"));
        Assert.Contains("expected constant", Refused("experiment", "ablation", "sasrec", "--data", data, "--variant", "all"));

        static string Refused(params string[] arguments) => TandemProcess.Run(arguments).RefusedWith();
    }
}
