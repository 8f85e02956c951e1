using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests;

/// <summary>The sequence models as scorers, each trained for a moment.</summary>
public abstract class SequenceScorerContract : ItemScorerContract
{
    private int _items;

    protected abstract BackboneOptions Backbone { get; }

    protected override double Tolerance => 1e-4;

    private SequenceRecipe Recipe => new()
    {
        Backbone = Backbone,
        Loss = new() { Negatives = 32, TokenBudget = 100 },
        Training = new() { Epochs = 30, Seed = 1, Optimizer = new() { LearningRate = 0.01 } },
    };

    internal override IItemScorer Train(int items, int users, Func<int, History> sequence)
    {
        _items = items;
        var sequences = Enumerable.Range(0, users).Select(u => sequence(u).Items.ToArray()).ToArray();
        return new SequenceScorer(Recipe.Train(Training.ToySequences.Dataset(items, sequences), sequence, validation: null).Model);
    }

    internal override void Save(IItemScorer scorer, string path) => Checkpoint.SaveWeights(((SequenceScorer)scorer).Model, path);

    internal override IItemScorer Load(string path)
    {
        var model = Recipe.Build(_items);
        Checkpoint.LoadWeights(model, path);
        return new SequenceScorer(model);
    }
}

public sealed class SasRecScorerTests : SequenceScorerContract
{
    protected override BackboneOptions Backbone => new SasRecOptions { Width = 16, Window = 8, Dropout = 0 };
}

public sealed class LigrScorerTests : SequenceScorerContract
{
    protected override BackboneOptions Backbone => new SasRecOptions { Width = 16, Window = 8, Dropout = 0, Block = SasRecBlockKind.Ligr, FeedForwardMultiple = 2 };
}

public sealed class Gru4RecScorerTests : SequenceScorerContract
{
    protected override BackboneOptions Backbone => new Gru4RecOptions { Width = 16, Window = 8, Dropout = 0 };
}

public sealed class HstuScorerTests : SequenceScorerContract
{
    protected override BackboneOptions Backbone => new HstuOptions { Width = 16, Window = 8, Dropout = 0, AttentionWidth = 8, LinearWidth = 8 };
}

public sealed class Ttt4RecScorerTests : SequenceScorerContract
{
    protected override BackboneOptions Backbone => new TttOptions { Width = 16, Window = 8, Dropout = 0, Heads = 2, MiniBatch = 4 };
}

public sealed class DinScorerContractTests : ItemScorerContract
{
    private int _items;

    protected override double Tolerance => 1e-4;

    private static DinRecipe Recipe => new()
    {
        Model = new() { Width = 16, AttentionHidden = 16, Hidden = 32, LastHidden = 16, Window = 8, Dropout = 0 },
        Loss = new() { Negatives = 16, TokenBudget = 100 },
        Training = new() { Epochs = 20, Seed = 1, Optimizer = new() { LearningRate = 0.01 } },
    };

    internal override IItemScorer Train(int items, int users, Func<int, History> sequence)
    {
        _items = items;
        var sequences = Enumerable.Range(0, users).Select(u => sequence(u).Items.ToArray()).ToArray();
        return new DinScorer(Recipe.Train(Training.ToySequences.Dataset(items, sequences), sequence, validation: null).Model);
    }

    internal override void Save(IItemScorer scorer, string path) => Checkpoint.SaveWeights(((DinScorer)scorer).Model, path);

    internal override IItemScorer Load(string path)
    {
        var model = Recipe.Build(_items);
        Checkpoint.LoadWeights(model, path);
        return new DinScorer(model);
    }
}
