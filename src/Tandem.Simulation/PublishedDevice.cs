using Tandem.Learning.Backbones;
using Tandem.Learning.Training;

namespace Tandem.Simulation;

/// <summary>The device model of LSC4Rec's program (arXiv 2501.05647; its SASRec configuration), with the masks that it lacks.</summary>
public static class PublishedDevice
{
    private const int Width = 32, Heads = 4, FeedForward = 4, Window = 10, Negatives = 4, MostEpochs = 10;

    /// <summary>
    /// SASRec: D = 32, one block of 4 heads, feed-forward 128, the last 10 items, no dropout; binary cross-entropy with 4 negatives of each
    /// target's own, Adam at .001 without decay, 10 epochs, the best by validation in place of a fixed one.
    /// </summary>
    /// <param name="seed">Of weights, batches and negatives.</param>
    /// <param name="epochs">Most epochs; null for 10.</param>
    public static SequenceRecipe Recipe(int seed, int? epochs = null) => new()
    {
        Backbone = new SasRecOptions { Width = Width, Heads = Heads, FeedForwardMultiple = FeedForward, Window = Window, Dropout = 0 },
        Loss = new()
        {
            Kind = NextItemLoss.Bce,
            Negatives = Negatives,
            ShareNegatives = false,
            MaskSeen = false,
        },
        Training = new()
        {
            Epochs = epochs ?? MostEpochs,
            Seed = seed,
            ValidateEvery = 1,
            Optimizer = new() { LearningRate = 1e-3, WarmupSteps = 0, FinalRate = 1, WeightDecay = 0 },
        },
    };
}
