using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_folder_is_named()
    {
        var line = TandemProcess.Run("train", "sasrec", "--data", _folder["nowhere"]).RefusedWith();
        Assert.Contains(_folder["nowhere"], line, StringComparison.Ordinal);
        Assert.Contains("no such folder", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_no_known_layout_is_answered_with_the_layouts()
    {
        var line = TandemProcess.Run("simulate", "--data", _folder.Root).RefusedWith();
        Assert.Contains("sequences.txt", line, StringComparison.Ordinal);
        Assert.Contains("u.data", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_line_is_named_by_file_and_number()
    {
        File.WriteAllLines(Path.Combine(_folder.Root, "sequences.txt"), ["1 5 6 7", "2 8 x9 10"]);
        var line = TandemProcess.Run("train", "sasrec", "--data", _folder.Root).RefusedWith();
        Assert.Contains("sequences.txt, line 2", line, StringComparison.Ordinal);
        Assert.Contains("x9", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Users_too_short_to_measure_are_said_so()
    {
        File.WriteAllLines(Path.Combine(_folder.Root, "sequences.txt"), ["1 5 6", "2 8 9"]);
        var line = TandemProcess.Run("train", "sasrec", "--data", _folder.Root, "--run", _folder["run"]).RefusedWith();
        Assert.Contains("three events", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Users_too_short_for_the_cloud_to_learn_from_are_said_so()
    {
        File.WriteAllLines(Path.Combine(_folder.Root, "sequences.txt"), ["1 5 6 7 8", "2 8 9 5 6", "3 1 2 3 4"]);
        var run = TandemProcess.Run("simulate", "--data", _folder.Root, "--run", _folder["run"], "--device-epochs", "1", "--threads", "1");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("nothing to train on", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("train", "sasrec", "--data", "x", "--frobnicate")]
    [InlineData("train")]
    [InlineData("simulate", "--data", "x", "--lag", "two")]
    public void An_unknown_verb_option_or_value_is_refused_with_a_pointer_to_help(params string[] arguments) =>
        Assert.Contains("--help", TandemProcess.Run(arguments).RefusedWith(), StringComparison.Ordinal);

    [Theory]
    [InlineData("no command is called 'trian'; did you mean 'train'?", "trian", "sasrec", "--data", "x")]
    [InlineData("no command is called 'frobnicate'; expected one of: data, items, train", "frobnicate")]
    [InlineData("no command is called 'prepar'; did you mean 'prepare'?", "data", "prepar", "x")]
    [InlineData("a command is missing; expected one of: list, get, prepare", "data")]
    [InlineData("no option is called '--dta'; did you mean '--data'?", "train", "sasrec", "--dta", "x")]
    [InlineData("no model is called 'sasrc'; did you mean 'sasrec'?", "train", "sasrc", "--data", "x")]
    [InlineData("no setting is called 'backbone.widht'; did you mean 'backbone.width'?", "train", "sasrec", "--data", "x", "--set",
        "backbone.widht=3")]
    [InlineData("no setting is called 'dropout'; did you mean 'backbone.dropout'?", "train", "sasrec", "--data", "x", "--set",
        "dropout=0.1")]
    [InlineData("no setting is called 'training.seed'; this model has no settings", "train", "popularity", "--data", "x", "--set",
        "training.seed=3")]
    [InlineData("no setting is called 'raet'; did you mean 'rate'?", "experiment", "adapt", "x", "--set", "raet=1")]
    [InlineData("--lag two: expected a whole number", "simulate", "--data", "x", "--lag", "two")]
    [InlineData("--items fulll: expected one of: full, half, quantised, none", "export", "x", "--format", "bundle", "--items", "fulll")]
    [InlineData("'gru4rec' is one word too many", "train", "sasrec", "gru4rec", "--data", "x")]
    [InlineData("--seed 1 and --set seed=2 differ", "experiment", "adapt", "x", "--seed", "1", "--set", "seed=2")]
    public void A_misspelt_name_is_answered_with_the_nearest_known_one(string expected, params string[] arguments) =>
        Assert.Contains(expected, TandemProcess.Run(arguments).RefusedWith(), StringComparison.Ordinal);

    [Fact]
    public void Settings_that_do_not_fit_together_say_what_would()
    {
        var line = TandemProcess.Run("train", "sasrec", "--data", _folder.Root, "--set", "backbone.width=48", "--set", "backbone.heads=5")
            .RefusedWith();
        Assert.Contains("48 is not divisible by 5 heads", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(1000)]
    public void A_truncated_checkpoint_is_refused(int length)
    {
        var run = Trained();
        var checkpoint = Path.Combine(run, "checkpoint.safetensors");
        File.WriteAllBytes(checkpoint, File.ReadAllBytes(checkpoint)[..length]);
        var line = TandemProcess.Run(Train(run)).RefusedWith();
        Assert.Contains(checkpoint, line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_lost_its_recipe_is_not_given_another()
    {
        var run = Trained();
        File.Delete(Path.Combine(run, "recipe.json"));
        Assert.Contains(
            "holds checkpoint.safetensors but no recipe.json", TandemProcess.Run(Train(run)).RefusedWith(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(run, "recipe.json")));
    }

    [Fact]
    public void A_run_on_other_data_is_refused_and_left_as_it_was()
    {
        var run = Trained();
        var before = File.ReadAllText(Path.Combine(run, "dataset", "dataset.json"));
        var line = TandemProcess.Run([.. Train(run), "--seed", "2"]).RefusedWith();
        Assert.Contains("a folder of its own", line, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Path.Combine(run, "dataset", "dataset.json")));
    }

    [Fact]
    public void A_cloud_model_that_learned_from_another_lag_is_not_continued()
    {
        string[] simulate = ["simulate", "--data", _folder.WriteRing(), "--list", "10", "--device-epochs", "1", "--cloud-epochs", "1",
            "--threads", "1", "--run", _folder["run"]];
        Assert.Equal(0, TandemProcess.Run(simulate).ExitCode);
        Assert.Contains("cloud.safetensors", TandemProcess.Run([.. simulate, "--lag", "1"]).RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_corrupt_bundle_is_refused()
    {
        var run = Trained();
        var weights = Path.Combine(run, "bundle", "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        bytes[^5] ^= 1;
        File.WriteAllBytes(weights, bytes);
        var line = TandemProcess.Run("recommend", run, "--history", "1,2").RefusedWith();
        Assert.Contains("model.safetensors", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_of_another_version_is_refused_with_the_remedy()
    {
        var run = Trained();
        var manifest = Path.Combine(run, "bundle", "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"format\": 3", "\"format\": 4", StringComparison.Ordinal));
        var line = TandemProcess.Run("recommend", run, "--history", "1,2").RefusedWith();
        Assert.Contains("format 4", line, StringComparison.Ordinal);
        Assert.Contains("update the app", line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_item_that_the_data_set_does_not_know_is_refused()
    {
        var line = TandemProcess.Run("recommend", Trained(), "--history", "1,999").RefusedWith();
        Assert.Contains("'999'", line, StringComparison.Ordinal);
    }

    private string Trained()
    {
        var run = _folder["run"];
        Assert.Equal(0, TandemProcess.Run(Train(run)).ExitCode);
        return run;
    }

    private string[] Train(string run) =>
        ["train", "sasrec", "--data", _folder.WriteRing(), "--epochs", "1", "--threads", "1", "--run", run];
}
