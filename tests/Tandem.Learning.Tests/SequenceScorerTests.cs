using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Successors;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

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

    internal override IItemScorer Train(TrainingSequences sequences)
    {
        _items = sequences.Items;
        return new SequenceScorer(Recipe.Train(Training.ToySequences.Dataset(sequences), sequences, validation: null).Model);
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
    protected override BackboneOptions Backbone =>
        new SasRecOptions { Width = 16, Window = 8, Dropout = 0, Block = SasRecBlockKind.Ligr, FeedForwardMultiple = 2 };
}

public sealed class Gru4RecScorerTests : SequenceScorerContract
{
    protected override BackboneOptions Backbone => new Gru4RecOptions { Width = 16, Window = 8, Dropout = 0 };
}

public sealed class HstuScorerTests : SequenceScorerContract
{
    protected override BackboneOptions Backbone =>
        new HstuOptions { Width = 16, Window = 8, Dropout = 0, AttentionWidth = 8, LinearWidth = 8 };
}

public sealed class Ttt4RecScorerTests : SequenceScorerContract
{
    protected override BackboneOptions Backbone => new TttOptions { Width = 16, Window = 8, Dropout = 0, Heads = 2, MiniBatch = 4 };
}

/// <summary>Counts that join keep every promise of a scorer, and what they add is the formula's.</summary>
public sealed class CountedScorerTests : SequenceScorerContract
{
    private static readonly SuccessorJoin _join = new() { Recent = 3, RecencyDecay = 0.5, Shares = false, Weight = 2, Offset = 0.5 };

    protected override BackboneOptions Backbone => new SasRecOptions { Width = 16, Window = 8, Dropout = 0 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_item_gains_what_the_formula_says_and_others_keep_their_score(bool shares)
    {
        const int Items = 6;
        int[][] training = [[1, 2, 3], [2, 3, 4], [1, 3]];
        var join = _join with { Shares = shares };
        var options = new SuccessorOptions { Recent = join.Recent, RecencyDecay = join.RecencyDecay, LagDecay = 1, PopularityPower = 0 };
        var table = SuccessorCounting.Count(options, TrainingSequences.Of(Items, training));
        var recipe = new SequenceRecipe { Backbone = Backbone, Training = new() { Epochs = 1, Seed = 1 } };
        using var model = recipe.Build(Items);
        using var alone = new SequenceScorer(model);
        using var joined = new SequenceScorer(model, new CountedSuccessors(table, join));
        var (z, s) = (new float[Items + 1], new float[Items + 1]);
        int[] seen = [4, 1, 2];
        History[] history = [new(seen, default)];
        alone.Score(history, z);
        joined.Score(history, s);
        // After 2: 3 twice, 4 once; after 1, at half the weight: 2 once, 3 twice.
        double[] x = [0, 0, 0.5, 3, 1, 0, 0];
        var n = shares ? x.Sum() : 1;
        for (var item = 1; item <= Items; item++) Assert.Equal(z[item] + 2 * Math.Log(1 + x[item] / (0.5 * n)), s[item], 0.02);
        Assert.Equal((z[1], z[5], z[6]), (s[1], s[5], s[6]));
    }

    [Fact]
    public void Counts_of_another_catalogue_are_refused()
    {
        var recipe = new SequenceRecipe { Backbone = Backbone, Training = new() { Epochs = 1, Seed = 1 } };
        using var model = recipe.Build(6);
        var table = SuccessorCounting.Count(new(), TrainingSequences.Of(5, [1, 2]));
        Assert.Throws<ArgumentException>(() => new SequenceScorer(model, new CountedSuccessors(table, _join)));
    }

    internal override IItemScorer Train(TrainingSequences sequences) => new SequenceScorer(
        ((SequenceScorer)base.Train(sequences)).Model,
        new CountedSuccessors(SuccessorCounting.Count(new(), sequences), _join));

    internal override void Save(IItemScorer scorer, string path)
    {
        base.Save(scorer, path);
        SuccessorFile.Save(path + ".successors", ((SequenceScorer)scorer).Successors!);
    }

    internal override IItemScorer Load(string path)
    {
        var model = ((SequenceScorer)base.Load(path)).Model;
        return new SequenceScorer(model, SuccessorFile.Load(path + ".successors", model.ItemCount));
    }
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

    internal override IItemScorer Train(TrainingSequences sequences)
    {
        _items = sequences.Items;
        return new DinScorer(Recipe.Train(Training.ToySequences.Dataset(sequences), sequences, validation: null).Model);
    }

    internal override void Save(IItemScorer scorer, string path) => Checkpoint.SaveWeights(((DinScorer)scorer).Model, path);

    internal override IItemScorer Load(string path)
    {
        var model = Recipe.Build(_items);
        Checkpoint.LoadWeights(model, path);
        return new DinScorer(model);
    }
}
