using System.Security.Cryptography;
using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>A folder holds one run: what asks for another changes nothing in it, and nothing of another answers for it.</summary>
public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("protocol: the run has loo, the command ratio-3-2-5", "sasrec", "--protocol", "ratio-3-2-5")]
    [InlineData("seed: the run has 1, the command 2", "sasrec", "--seed", "2")]
    [InlineData("maskSeen: the run has true, the command false", "sasrec", "--repeats")]
    [InlineData("backbone.width: the run has 64, the command 32", "sasrec", "--set", "backbone.width=32")]
    [InlineData("training.epochs: the run has 1, the command 2", "sasrec", "--epochs", "2")]
    [InlineData("model: the run has sasrec, the command popularity", "popularity")]
    public void A_command_that_asks_for_another_run_names_the_first_difference_and_changes_nothing(
        string difference, string model, params string[] changes)
    {
        var run = Trained("sasrec", "--epochs", "1");
        var before = Content(run);
        string[] epochs = model == "popularity" || changes.Contains("--epochs") ? [] : ["--epochs", "1"];
        var line = TandemProcess.Run(["train", model, "--data", _folder["ring"], "--threads", "1", "--run", run, .. epochs, .. changes])
            .RefusedWith();
        Assert.Contains($"--run {run}: {difference}; give this run a folder of its own", line, StringComparison.Ordinal);
        Assert.Equal(before, Content(run));
    }

    [Fact]
    public void Other_data_under_the_same_settings_is_refused_by_its_hash()
    {
        var run = Trained("popularity");
        var before = Content(run);
        var ring = Path.Combine(_folder["ring"], "sequences.txt");
        File.WriteAllLines(ring, File.ReadAllLines(ring).Append("900 1 2 3 4"));
        Assert.Contains("data: the run has 'ring'",
            TandemProcess.Run("train", "popularity", "--data", _folder["ring"], "--run", run).RefusedWith(), StringComparison.Ordinal);
        Assert.Equal(before, Content(run));
    }

    [Fact]
    public void The_same_command_ends_a_finished_run_as_before()
    {
        var run = Trained("sasrec", "--epochs", "1");
        var (recipe, weights) = (
            File.ReadAllText(Path.Combine(run, "recipe.json")), File.ReadAllBytes(Path.Combine(run, "model.safetensors")));
        Trained("sasrec", "--epochs", "1");
        Assert.Equal(recipe, File.ReadAllText(Path.Combine(run, "recipe.json")));
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(run, "model.safetensors")));
        Assert.Empty(Directory.GetFiles(run, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void Other_commands_do_not_write_into_a_training_run()
    {
        var run = Trained("popularity");
        var before = Content(run);
        var space = _folder.Write("space.json", """{ "backbone.width": { "values": [16, 32] } }""");
        foreach (var command in new string[][] { ["simulate"], ["tune", "sasrec", "--space", space], })
        {
            var line = TandemProcess.Run([.. command, "--data", _folder["ring"], "--run", run]).RefusedWith();
            Assert.Contains($"holds a run of 'tandem train' (recipe.json), not of 'tandem {command[0]}'", line, StringComparison.Ordinal);
        }

        Assert.Equal(before, Content(run));
    }

    // The settings were found wrong for the data when nothing was trained: the corrected command may have the folder.
    [Fact]
    public void A_folder_in_which_nothing_was_trained_takes_other_settings()
    {
        string[] train = ["train", "ttt", "--data", _folder.WriteRing(), "--epochs", "1", "--threads", "1", "--run", _folder["run"]];
        Assert.Equal(2, TandemProcess.Run([.. train, "--set", "backbone.eventValues=true"]).ExitCode);
        Assert.Equal(0, TandemProcess.Run([.. train, "--set", "backbone.eventValues=false"]).ExitCode);
    }

    [Fact]
    public void A_bundle_of_another_kind_of_model_does_not_answer_for_a_run()
    {
        var (left, run) = (Trained("sasrec", "--epochs", "1"), Trained("popularity"));
        Directory.Move(Path.Combine(left, "bundle"), Path.Combine(run, "bundle"));
        Assert.Contains("'popularity' has no device runtime", TandemProcess.Run("recommend", run, "--history", "1").RefusedWith(),
            StringComparison.Ordinal);
        Assert.Contains("'popularity' has no device runtime", Evaluate(run), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_of_other_weights_does_not_answer_for_a_run()
    {
        var (left, run) = (Trained("sasrec", "--epochs", "1"), Trained(
            "sasrec", "--epochs", "1", "--set", "backbone.dropout=0.3", "--run", _folder["other"]));
        Directory.Delete(Path.Combine(run, "bundle"), recursive: true);
        Assert.Contains("finish the run, or write its bundle", TandemProcess.Run("recommend", run, "--history", "1").RefusedWith(),
            StringComparison.Ordinal);
        Directory.Move(Path.Combine(left, "bundle"), Path.Combine(run, "bundle"));
        const string fault = "holds other weights than the run";
        Assert.Contains(fault, TandemProcess.Run("recommend", run, "--history", "1").RefusedWith(), StringComparison.Ordinal);
        Assert.Contains(fault, TandemProcess.Run("experiment", "adapt", run).RefusedWith(), StringComparison.Ordinal);
        Assert.Contains(fault, Evaluate(run), StringComparison.Ordinal);
        Assert.Equal(0, TandemProcess.Run("export", run, "--format", "bundle", "--items", "quantised").ExitCode);
        Assert.Equal(0, TandemProcess.Run("evaluate", run, "--bundle", Path.Combine(run, "bundle"), "--threads", "1").ExitCode);
    }

    private static string Evaluate(string run) =>
        TandemProcess.Run("evaluate", run, "--bundle", Path.Combine(run, "bundle"), "--threads", "1").RefusedWith();

    private string Trained(string model, params string[] options)
    {
        var run = options is [.., "--run", var named] ? named : _folder[model];
        var trained = TandemProcess.Run(["train", model, "--data", _folder.WriteRing(), "--threads", "1", "--run", run,
            .. options is [.. var rest, "--run", _] ? rest : options]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        return run;
    }

    /// <summary>Every file with the hash of its bytes.</summary>
    private static string[] Content(string folder) =>
    [
        .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];
}
