using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Generative;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Codes.Generative;

/// <summary>The ring's items, no two of one code, with a beam for each.</summary>
public sealed class GenerativeScorerTests : ItemScorerContract
{
    private ItemCodes _codes = new(1, 1, [0]);
    private GenerativeLists? _lists;

    protected override double Tolerance => 1e-4;

    private static GenerativeRecipe Recipe => new()
    {
        Model = new() { Width = 16, Blocks = 1, Heads = 2, Hidden = 32, Dropout = 0 },
        Window = 8,
        ItemBudget = 60,
        Training = new() { Epochs = 40, Seed = 1, Optimizer = new() { LearningRate = 0.01 } },
    };

    internal override IItemScorer Train(TrainingSequences sequences)
    {
        _codes = new(2, 4, [.. Enumerable.Range(0, sequences.Items).SelectMany(item => new[] { (ushort)(item / 4), (ushort)(item % 4) })]);
        _lists = new(sequences.CountByItem(), new(0.8, 0.1));
        return Scorer(Recipe.Train(ToySequences.Dataset(sequences), _codes, sequences, validation: null).Model);
    }

    internal override void Save(IItemScorer scorer, string path)
    {
        Checkpoint.SaveWeights(((GenerativeScorer)scorer).Network, path);
        _lists!.Save(path + ".lists");
    }

    internal override IItemScorer Load(string path)
    {
        var model = Recipe.Build(_codes.ToTokens());
        Checkpoint.LoadWeights(model, path);
        _lists = GenerativeLists.Load(path + ".lists", _codes.Items);
        return Scorer(model);
    }

    private GenerativeScorer Scorer(Llama model) => new(model, _codes.ToTokens(), _lists!, Recipe.Window, beams: 12);
}
