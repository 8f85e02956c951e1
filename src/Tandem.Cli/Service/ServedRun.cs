using Tandem.Cli.Bench;
using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;

namespace Tandem.Cli.Service;

/// <summary>A run for benches and drills of the service: one that is given, or a small one that is trained on generated data.</summary>
internal static class ServedRun
{
    private const int Users = 5_000, Items = 12_101; // as many items as Beauty has

    /// <summary>The folder of a run, and its catalogue.</summary>
    /// <param name="given">Null to train one.</param>
    /// <param name="folder">To train it into.</param>
    public static (string Run, Catalog Catalog) Of(string? given, string folder)
    {
        if (given is null) Train(folder);
        return (given ?? folder, DatasetFolder.Read(Path.Combine(given ?? folder, "dataset")).Catalog);
    }

    /// <summary>SASRec of 64 dimensions with counts of successors, for one epoch: what it costs does not depend on what it knows.</summary>
    private static void Train(string folder)
    {
        var dataset = TrainingBench.Generate(Users, Items);
        var recipe = TrainingBench.Recipe(window: 50, tokenBudget: 512);
        var settings = RecipeJson.ToNode(recipe with
        {
            Training = recipe.Training with { Epochs = 1 },
            Successors = new() { Enabled = true },
        });
        var run = RunFolder.Choose(folder, "train", "bench");
        WatchedRun.Show(progress => TrainingRun.Start(
            new() { Model = "sasrec", Settings = settings }, SplitProtocol.Create("loo", dataset), run, progress));
    }
}
