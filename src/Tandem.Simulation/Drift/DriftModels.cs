using Tandem.Learning.Backbones;
using Tandem.Learning.Training;

namespace Tandem.Simulation.Drift;

/// <summary>
/// The models that are compared: TTT, what should make it adapt sooner, what is left without parts of its adaptation, and attention.
/// </summary>
public static class DriftModels
{
    /// <summary>To whom the others are compared.</summary>
    public const string Reference = "ttt";

    /// <summary>Recipes by name, alike but for the backbone: one block, one width, one dropout.</summary>
    /// <param name="options">Width, length, seed.</param>
    /// <param name="maskSeen">As in the rankings.</param>
    public static IReadOnlyList<(string Name, SequenceRecipe Recipe)> All(DriftOptions options, bool maskSeen)
    {
        var window = options.SwitchAt + options.Horizon;
        var ttt = new TttOptions { Width = options.Width, Window = window };
        return
        [
            (Reference, Recipe(ttt)),
            ("mini-batch-1", Recipe(ttt with { MiniBatch = 1 })),
            ("surprise", Recipe(ttt with { Surprise = true })),
            ("fast-heads", Recipe(ttt with { Decay = true, FastHeads = ttt.Heads / 2 })),
            ("zero-rate", Recipe(ttt with { Control = TttControl.ZeroRate })),
            ("frozen", Recipe(ttt with { Control = TttControl.Frozen })),
            ("linear-attention", Recipe(ttt with { Control = TttControl.LinearAttention })),
            ("sasrec", Recipe(
                new SasRecOptions { Width = options.Width, Window = window, Dropout = ttt.Dropout, FeedForwardMultiple = 4 })),
        ];

        SequenceRecipe Recipe(BackboneOptions backbone) => new()
        {
            Backbone = backbone,
            Loss = new() { TokenBudget = 1024, MaskSeen = maskSeen },
            Training = new() { Epochs = options.Epochs, Seed = options.Seed },
        };
    }
}
