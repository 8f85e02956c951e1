using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Network;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Codes.Network;

public sealed class ParallelScorerTests : ItemScorerContract
{
    private ItemCodes _codes = new(1, 1, [0]);

    protected override double Tolerance => 1e-4;

    private static ParallelRecipe Recipe => new()
    {
        Backbone = new SasRecOptions { Width = 16, Window = 8, Dropout = 0 },
        Loss = new() { TokenBudget = 100, Temperature = 0.1 },
        Training = new() { Epochs = 30, Seed = 1, Optimizer = new() { LearningRate = 0.01 } },
    };

    internal override IItemScorer Train(TrainingSequences sequences)
    {
        _codes = new(2, 4, [.. Enumerable.Range(0, sequences.Items).SelectMany(item => new[] { (ushort)(item / 4), (ushort)(item % 4) })]);
        return Scorer(Recipe.Train(ToySequences.Dataset(sequences), _codes, sequences, validation: null).Model);
    }

    internal override void Save(IItemScorer scorer, string path) => Checkpoint.SaveWeights(((ParallelScorer)scorer).Model, path);

    internal override IItemScorer Load(string path)
    {
        var model = Recipe.Build(_codes);
        Checkpoint.LoadWeights(model, path);
        return Scorer(model);
    }

    private static ParallelScorer Scorer(ParallelModel model) => new(model, Recipe.Loss.PopularityWeight ?? 0.001);
}
