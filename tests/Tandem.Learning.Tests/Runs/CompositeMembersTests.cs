using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning.Runs;
using Tandem.Learning.Tests.Training;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Runs;

/// <summary>A composite's members are found from any working directory, and after a move of all runs together.</summary>
public sealed class CompositeMembersTests : IDisposable
{
    private static readonly SequenceDataset _data = ToySequences.Cycle(40, 20, 5, 9);

    private static readonly int[] _history = [3, 4, 5];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_beside_the_composite_is_kept_relative_to_it_and_moves_with_it()
    {
        Train("cooccurrence", "first/member");
        Composite("first/composite", FromHere("first/member"));
        Assert.Equal("../member", KeptRun("first/composite"));
        var before = Scores("first/composite");
        Directory.Move(_folder["first"], _folder["second"]);
        Assert.Equal(before, Scores("second/composite"));
    }

    [Fact]
    public void A_run_elsewhere_is_kept_by_its_whole_path()
    {
        Train("cooccurrence", "elsewhere/member");
        Composite("runs/composite", FromHere("elsewhere/member"));
        Assert.Equal(_folder["elsewhere/member"], KeptRun("runs/composite"));
        Assert.Equal(20 + 1, Scores("runs/composite").Length);
    }

    [Fact]
    public void A_run_of_an_earlier_version_is_found_from_the_working_directory_and_can_be_continued()
    {
        Train("cooccurrence", "member");
        Composite("runs/composite", FromHere("member"));
        var before = Scores("runs/composite");
        Keep("runs/composite", FromHere("member"));
        Assert.Equal(before, Scores("runs/composite"));
        Composite("runs/composite", FromHere("member")); // would be refused as another run
        Assert.Equal(_folder["member"], KeptRun("runs/composite"));
    }

    [Fact]
    public void The_composites_own_folder_comes_before_the_working_directory()
    {
        Train("cooccurrence", "member");
        Composite("composite", FromHere("member"));
        var (before, name) = (Scores("composite"), $"one-of-{Path.GetFileName(_folder.Root)}");
        Directory.Move(_folder["member"], Path.Combine(_folder["composite"], name));
        Keep("composite", name);
        var here = Directory.CreateDirectory(name); // holds no run
        try
        {
            Assert.Equal(before, Scores("composite"));
        }
        finally
        {
            here.Delete();
        }
    }

    [Fact]
    public void A_run_that_is_nowhere_is_refused_by_the_name_that_was_typed()
    {
        var e = Assert.Throws<RunException>(() => Composite("composite", "no-such-run"));
        Assert.StartsWith("no-such-run: no training run", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A path from the tests' working directory.</summary>
    private string FromHere(string run) => Path.GetRelativePath(Directory.GetCurrentDirectory(), _folder[run]);

    private void Composite(string folder, string member) => Train(
        "composite", folder, new JsonObject
        {
            ["members"] = new JsonArray(
                new JsonObject { ["name"] = "one", ["run"] = member }, new JsonObject { ["model"] = "popularity" }),
        });

    private void Train(string model, string folder, JsonObject? settings = null)
    {
        var kind = ModelKinds.Find(model);
        var all = kind.Defaults();
        Learning.Training.RecipeJson.Merge(all, settings ?? []);
        TrainingRun.Start(
            new() { Model = model, Settings = all }, new LeaveOneOut(_data), RunFolder.Choose(_folder[folder], "train", model),
            Unwatched.Instance, cancel: TestContext.Current.CancellationToken);
    }

    private float[] Scores(string folder)
    {
        var recipe = RunRecipe.OfRun(_folder[folder]);
        var scorer = ModelKinds.Find(recipe.Model).Load(recipe.Settings, _data, _folder[folder]);
        var scores = new float[_data.Catalog.Count + 1];
        scorer.Score([new History(_history, default)], scores);
        return scores;
    }

    private string? KeptRun(string folder) => RunRecipe.OfRun(_folder[folder]).Settings["members"]![0]!["run"]!.GetValue<string>();

    private void Keep(string folder, string run)
    {
        var recipe = RunRecipe.OfRun(_folder[folder]);
        recipe.Settings["members"]![0]!["run"] = run;
        recipe.Save(Path.Combine(_folder[folder], RunRecipe.FileName));
    }
}
