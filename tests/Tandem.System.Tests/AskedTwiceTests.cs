using System.Text.Json;
using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>
/// What two options, or two places of a file, can say: it counts wherever it is said, and has to agree where it is said twice.
/// </summary>
public sealed class AskedTwiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_setting_counts_as_its_option_does()
    {
        var byOption = Train("option", "--seed", "2", "--epochs", "1", "--repeats");
        var bySetting = Train("setting", "--set", "training.seed=2", "--set", "training.epochs=1", "--set", "loss.maskSeen=false");
        Assert.Equal(2, bySetting.GetProperty("seed").GetInt32());
        foreach (var name in new[] { "protocol", "dataHash", "epochs" })
        {
            Assert.Equal(
            byOption.GetProperty(name).ToString(), bySetting.GetProperty(name).ToString());
        }

        Assert.Equal(byOption.GetProperty("test").ToString(), bySetting.GetProperty("test").ToString());
        Assert.Equal(Recipe("option"), Recipe("setting"));
        Assert.Contains("\"maskSeen\": false", Recipe("setting"), StringComparison.Ordinal);
        Assert.DoesNotContain("\"maskSeen\": true", Recipe("setting"), StringComparison.Ordinal);
        Train("agreeing", "--seed", "2", "--set", "training.seed=2", "--epochs", "1", "--set", "training.epochs=1");
    }

    [Theory]
    [InlineData("training.seed", "--seed", "1", "--set", "training.seed=2")]
    [InlineData("training.epochs", "--epochs", "1", "--set", "training.epochs=2")]
    [InlineData("loss.maskSeen", "--repeats", "--set", "loss.maskSeen=true")]
    [InlineData("backbone.width", "--set", "backbone.width=32", "--set", "backbone.width=64")]
    public void What_the_command_line_says_twice_has_to_agree(string path, params string[] options) => Assert.Contains(
        $"ask for different values of '{path}'", TandemProcess.Run(["train", "sasrec", "--data", _folder.WriteRing(), .. options])
            .RefusedWith(), StringComparison.Ordinal);

    [Fact]
    public void A_control_said_twice_has_to_agree() => Assert.Contains(
        "ask for different values of 'backbone.control'",
        TandemProcess.Run("train", "ttt", "--data", _folder.WriteRing(), "--control", "frozen", "--set", "backbone.control=zeroRate")
            .RefusedWith(),
        StringComparison.Ordinal);

    [Fact]
    public void A_model_without_epochs_is_not_given_any() => Assert.Contains(
        "'itemknn' does not train by epochs", TandemProcess.Run("train", "itemknn", "--data", _folder.WriteRing(), "--epochs", "3")
            .RefusedWith(), StringComparison.Ordinal);

    [Fact]
    public void A_files_settings_count_where_nothing_above_them_does()
    {
        var file = _folder.Write("config.json",
            """{ "model": "sasrec", "settings": { "training": { "epochs": 1, "seed": 2 }, "loss": { "maskSeen": false } } }""");
        var trained = Train("file", "--config", file);
        Assert.Equal((2, 1), (trained.GetProperty("seed").GetInt32(), trained.GetProperty("epochs").GetInt32()));
        Assert.Contains("not masked", trained.GetProperty("protocol").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, Train("line", "--config", file, "--seed", "3").GetProperty("seed").GetInt32());
        Assert.Equal(3, Train("set", "--config", file, "--set", "training.seed=3").GetProperty("seed").GetInt32());

        _folder.Write("config.json", """{ "model": "sasrec", "seed": 1, "settings": { "training": { "seed": 2 } } }""");
        Assert.Contains(
            "'seed' is 1 and 'settings.training.seed' is 2", TandemProcess.Run("train", "sasrec", "--data", _folder["ring"], "--config",
                file).RefusedWith(), StringComparison.Ordinal);
        _folder.Write("config.json", """{ "model": "sasrec", "settings": { "training": { "optimiser": {} } } }""");
        Assert.Contains("did you mean 'training.optimizer'?",
            TandemProcess.Run("train", "sasrec", "--data", _folder["ring"], "--config", file).RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_takes_seed_and_epochs_of_its_file_and_searches_neither_epochs_nor_masking()
    {
        var file = _folder.Write("config.json", """{ "model": "sasrec", "seed": 4, "settings": { "training": { "epochs": 2 } } }""");
        string[] tune = ["tune", "sasrec", "--data", _folder.WriteRing(), "--config", file, "--configurations", "2", "--eta", "2",
            "--threads", "1", "--space"];
        var searched = TandemProcess.Run(
            [.. tune, _folder.Write("space.json", """{ "backbone.width": { "values": [16, 32] } }"""), "--run", _folder["tune"], "--json"]);
        Assert.True(searched.ExitCode == 0, searched.Error);
        Assert.Equal(4, searched.Json.GetProperty("seed").GetInt32());
        var best = JsonDocument.Parse(File.ReadAllText(_folder["tune/best.json"])).RootElement;
        Assert.Equal(2, best.GetProperty("training").GetProperty("epochs").GetInt32());
        foreach (var (path, values) in new[] { ("training.epochs", "[1, 2]"), ("loss.maskSeen", "[true, false]") })
        {
            var space = _folder.Write("space.json", $$"""{ "{{path}}": { "values": {{values}} } }""");
            Assert.Contains($"no search decides '{path}'", TandemProcess.Run([.. tune, space]).RefusedWith(), StringComparison.Ordinal);
        }
    }

    private JsonElement Train(string run, params string[] options)
    {
        var trained = TandemProcess.Run(
            ["train", "sasrec", "--data", _folder.WriteRing(), "--threads", "1", "--run", _folder[run], "--json", .. options]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        return trained.Json;
    }

    private string Recipe(string run) => File.ReadAllText(Path.Combine(_folder[run], "recipe.json"));
}
