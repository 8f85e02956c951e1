using Tandem.Cloud.Tests;
using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Data.Sources;
using Tandem.Data.Splits;
using Tandem.Learning.Backbones;
using Tandem.Learning.Personalization;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(TrainedRuns))]
// Torch draws from one generator for the process, and every service takes both cores.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Tandem.Cloud.Tests;

/// <summary>Two small runs that are trained once for all tests: with counts of successors, and with weights made for users.</summary>
public sealed class TrainedRuns : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TrainedRuns()
    {
        Dataset = DatasetPreparation.Prepare(new GeneratedSource(new() { Seed = 1, Users = 120, Items = 60 }), seed: 1);
        Counted = Train("counted", seed: 1, recipe => recipe with { Successors = new() { Enabled = true } });
        Again = Train("again", seed: 2, recipe => recipe);
        Personal = Train("personal", seed: 1, recipe => recipe with { Parameters = new() { Source = ParameterSourceKind.Duet } });
    }

    public SequenceDataset Dataset { get; }

    /// <summary>SASRec with counts.</summary>
    public string Counted { get; }

    /// <summary>SASRec of another seed, over the same items.</summary>
    public string Again { get; }

    /// <summary>SASRec that makes weights for users.</summary>
    public string Personal { get; }

    /// <summary>Holds the runs.</summary>
    public string Folder => _folder.Root;

    public void Dispose() => _folder.Dispose();

    private string Train(string name, int seed, Func<SequenceRecipe, SequenceRecipe> change)
    {
        var recipe = change(new SequenceRecipe
        {
            Backbone = new SasRecOptions { Window = 20, Width = 16, Blocks = 1 },
            Training = new() { Epochs = 2, Seed = seed },
        });
        TrainingRun.Start(
            new() { Model = "sasrec", Seed = seed, Settings = RecipeJson.ToNode(recipe) }, SplitProtocol.Create("loo", Dataset),
            RunFolder.Choose(_folder[name], "train", name), new Unwatched());
        return _folder[name];
    }

    private sealed class Unwatched : IRunProgress, IProgress<TrainingProgress>
    {
        public IProgress<TrainingProgress> Training(string name) => this;

        public void Report(string stage, int done, int total)
        {
        }

        public void Report(TrainingProgress value)
        {
        }
    }
}
