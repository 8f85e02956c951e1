using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning.Codes.Generative;
using Tandem.Learning.Codes.Network;
using Tandem.Learning.Runs;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Runs;

/// <summary>Small runs of models of codes, on a ring of items with titles, in a folder that lives as long as its test.</summary>
internal sealed class CodeRuns : IDisposable
{
    public const int Items = 40;

    private static readonly string[] _words = ["soap", "brush", "cream", "scent", "oil", "comb", "balm", "mask"];
    private static readonly int[][] _histories = [[3, 4, 5], [21]];
    private static readonly SequenceDataset _data = Titled();

    private readonly TemporaryFolder _folder = new();

    /// <summary>The path of a name within.</summary>
    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();

    public static RunRecipe RecipeOf(string model, bool withText, bool shuffled = false)
    {
        var settings = ModelKinds.Find(model).Defaults();
        RecipeJson.Merge(settings, JsonNode.Parse("""
            {
              "codes": { "levels": 2, "codebookSize": 8, "text": { "encoder": "tfidf" } },
              "text": { "source": { "encoder": "tfidf" } },
              "training": { "epochs": 1, "seed": 1, "replicas": 1 }
            }
            """)!.AsObject());
        RecipeJson.Merge(settings, JsonNode.Parse(model == "parallel"
            ? """{ "backbone": { "width": 8, "blocks": 1, "heads": 1, "dropout": 0 }, "loss": { "tokenBudget": 100 } }"""
            : """
              {
                "model": { "width": 8, "blocks": 1, "heads": 1, "hidden": 16, "dropout": 0 },
                "lists": { "beams": 15, "validationBeams": 10 }
              }
              """)!.AsObject());
        settings["text"]!["enabled"] = withText;
        settings["text"]!["shuffled"] = shuffled;
        return new() { Model = model, Settings = settings };
    }

    public TrainingRun Train(string model, string run, bool withText, bool shuffled = false) => TrainingRun.Start(
        RecipeOf(model, withText, shuffled), new LeaveOneOut(_data), RunFolder.Choose(_folder[run], "train", model), Unwatched.Instance,
        cancel: TestContext.Current.CancellationToken);

    public IItemScorer Load(string run)
    {
        var recipe = RunRecipe.OfRun(_folder[run]);
        return ModelKinds.Find(recipe.Model).Load(recipe.Settings, _data, _folder[run]);
    }

    public static float[] Scores(IItemScorer scorer)
    {
        var scores = new float[2 * (Items + 1)];
        scorer.Score([.. _histories.Select(items => new History(items, default))], scores);
        return scores;
    }

    /// <summary>The weights that were trained; that of popularity is chosen beside the titles'.</summary>
    public static IEnumerable<KeyValuePair<string, float[]>> Weights(IItemScorer scorer) =>
        Values.Of(Network(scorer)).Where(named => named.Key != "popularity");

    public static nn.Module Network(IItemScorer scorer) => scorer is ParallelScorer parallel
        ? parallel.Model
        : ((GenerativeScorer)scorer).Network;

    /// <summary>The ring: five items that follow each other have a word in common.</summary>
    private static SequenceDataset Titled()
    {
        var random = new Random(11);
        return ToySequences.Dataset(
            Items,
            [.. Enumerable.Range(0, 80).Select(_ =>
            {
                var first = random.Next(Items);
                return Enumerable.Range(first, random.Next(5, 9)).Select(i => i % Items + 1).ToArray();
            })],
            item => $"{_words[(item - 1) / 5]} {_words[(item - 1) / 5]} number {item % 5}");
    }
}
