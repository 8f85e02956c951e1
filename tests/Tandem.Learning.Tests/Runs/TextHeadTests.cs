using System.Text.Json.Nodes;
using Tandem.Learning.Contents;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Runs;

/// <summary>Runs of models of codes, with titles beside the codes and without.</summary>
public sealed class TextHeadTests : IDisposable
{
    private readonly CodeRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("parallel")]
    [InlineData("generative")]
    public void What_was_trained_loads_with_equal_scores_and_lists(string model)
    {
        var trained = _runs.Train(model, "run", withText: true);
        var fit = Assert.Single(trained.Trained.Joined!.Contents);
        Assert.True(fit.Validation >= fit.Without);
        Assert.True(fit.Join.Weight > 0, $"{fit}"); // neighbours of the cycle have the same word in their titles
        var kept = Assert.Single(ContentFile.Load(_runs[$"run/{TrainingJob.ContentsFile}"], CodeRuns.Items));
        Assert.Equal(fit.Join, kept.Join);
        var scores = CodeRuns.Scores(trained.Trained.Scorer);
        Assert.Equal(scores, CodeRuns.Scores(_runs.Load("run")));

        File.Delete(_runs[$"run/{TrainingJob.ContentsFile}"]);
        Assert.NotEqual(scores, CodeRuns.Scores(_runs.Load("run"))); // as a run of a version without the head
    }

    [Theory]
    [InlineData("parallel")]
    [InlineData("generative")]
    public void A_checkpoint_of_a_run_without_titles_serves_one_with_them(string model)
    {
        var plain = _runs.Train(model, "plain", withText: false);
        Assert.Null(plain.Trained.Joined);
        Assert.False(File.Exists(_runs[$"plain/{TrainingJob.ContentsFile}"]));
        Directory.CreateDirectory(_runs["text"]);
        foreach (var file in (string[])[TrainingJob.CheckpointFile, TrainingJob.CodesFile])
            File.Copy(_runs[$"plain/{file}"], _runs[$"text/{file}"]);
        CodeRuns.RecipeOf(model, withText: true).Save(_runs[$"text/{RunRecipe.FileName}"]);
        var joined = _runs.Train(model, "text", withText: true); // a checkpoint of other settings would be refused
        Assert.NotNull(joined.Trained.Joined);
        Assert.Equal(CodeRuns.Weights(plain.Trained.Scorer), CodeRuns.Weights(joined.Trained.Scorer));
    }

    [Fact]
    public void The_control_gives_every_item_the_title_of_another()
    {
        _runs.Train("parallel", "run", withText: true);
        _runs.Train("parallel", "control", withText: true, shuffled: true);
        Assert.NotEqual(Rows("run"), Rows("control"));

        sbyte[] Rows(string run) => ContentFile.Load(_runs[$"{run}/{TrainingJob.ContentsFile}"], CodeRuns.Items)[0].Rows.Codes.ToArray();
    }

    [Theory]
    [InlineData("parallel")]
    [InlineData("generative")]
    public void Settings_that_cannot_be_used_are_named(string model)
    {
        var kind = ModelKinds.Find(model);
        var settings = kind.Defaults();
        RecipeJson.Merge(settings, new() { ["text"] = new JsonObject { ["width"] = 0, ["recent"] = 0 } });
        var e = Assert.Throws<RunException>(() => kind.Require(settings));
        Assert.Contains("text: width 0", e.Message, StringComparison.Ordinal);
        Assert.Contains("text: recent 0", e.Message, StringComparison.Ordinal);
    }
}
