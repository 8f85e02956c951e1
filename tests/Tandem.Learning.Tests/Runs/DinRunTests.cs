using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning.Backbones;
using Tandem.Learning.Codes;
using Tandem.Learning.Runs;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Runs;

public sealed class DinRunTests : IDisposable
{
    private const int Items = 16;
    private static readonly int[] _history = [3, 4, 5];
    private static readonly SequenceDataset _data = ToySequences.Cycle(users: 40, Items, minEvents: 5, maxEvents: 8);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_keeps_the_codes_that_its_weights_are_made_from()
    {
        var codes = new ItemCodes(2, 4, [.. Enumerable.Range(0, Items).SelectMany(i => new[] { (ushort)(i / 4), (ushort)(i % 4) })]);
        CodesFile.Save(_folder["codes.txt"], codes, _data.Catalog);
        var kind = ModelKinds.Find("din");
        var settings = kind.Defaults();
        RecipeJson.Merge(settings, JsonNode.Parse("""
            {
              "model": { "width": 8, "window": 6 },
              "loss": { "kind": "bce", "negatives": 4, "tokenBudget": 100 },
              "parameters": {
                "source": "solid", "rank": 2, "width": 6, "solid": { "codebook": "learned", "codebookSize": 4, "codebookAfter": 2 }
              },
              "training": { "epochs": 2, "seed": 1, "replicas": 1 }
            }
            """)!.AsObject());
        settings["parameters"]!["itemCodes"] = _folder["codes.txt"];
        var run = TrainingRun.Start(
            new() { Model = "din", Settings = settings }, new LeaveOneOut(_data), RunFolder.Choose(_folder["run"], "train", "din"),
            Unwatched.Instance, cancel: TestContext.Current.CancellationToken);
        File.Delete(_folder["codes.txt"]);
        var loaded = Assert.IsType<DinScorer>(kind.Load(settings, _data, _folder["run"]));
        Assert.True(loaded.Model.Parameters!.Codebook!.IsSet);
        Assert.Equal(Scores(run.Trained.Scorer), Scores(loaded));
    }

    private static float[] Scores(IItemScorer scorer)
    {
        var scores = new float[Items + 1];
        scorer.Score([new History(_history, default)], scores);
        return scores;
    }
}
