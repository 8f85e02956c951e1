using Tandem.Learning.Backbones;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Training;

/// <summary>A short training on sequences with a known answer.</summary>
internal static class ToyTraining
{
    private const int Items = 25;

    /// <summary>Asks with histories of one item, as no user was trained on: only the pattern itself can answer them.</summary>
    public static void AssertLearnsCycle(NextItemOptions loss, bool normalized = false, BackboneOptions? backbone = null)
    {
        var data = ToySequences.Cycle(users: 60, Items, minEvents: 5, maxEvents: 9);
        var recipe = new SequenceRecipe
        {
            Backbone = backbone ?? new SasRecOptions { Width = 16, Window = 8, Dropout = 0 },
            Normalized = normalized,
            Loss = loss,
            Training = new() { Epochs = 120, Seed = 1, Replicas = 1, Optimizer = new() { LearningRate = 0.01 } },
        };
        var (model, result) = recipe.Train(data, data.Whole(), validation: null, cancel: TestContext.Current.CancellationToken);
        var cases = new RankedCases(Items, i => new[] { i + 1 }, i => (i + 1) % Items + 1);
        using var scorer = new SequenceScorer(model);
        var hits = FullRanking.Ranks(scorer, cases, maskSeen: true).Count(rank => rank == 1);
        Assert.True(hits > 0.95 * Items, $"{hits} of {Items} right after a loss of {result.Epochs[^1].Loss:0.000}");
    }
}
