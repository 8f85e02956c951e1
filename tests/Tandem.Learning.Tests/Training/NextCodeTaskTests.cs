using Tandem.Data;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

public class NextCodeTaskTests
{
    [Fact]
    public void The_loss_is_the_mean_over_items_of_the_cross_entropies_of_their_codes()
    {
        int[][] sequences = [[3, 1], [2, 4, 6, 1, 5]];
        var ids = SemanticIds.Create([[0, 1, 2], [0, 2, 1], [1, 0, 0], [1, 2, 2], [2, 1, 1], [2, 2, 0]]);
        var noise = new Noise(1);
        var tokens = ItemTokens.Of(ids);
        using var model = new Llama(
            new() { Vocabulary = tokens.Vocabulary, Width = 8, Blocks = 2, Heads = 2, Hidden = 12, Dropout = 0.3 }, noise);
        Values.Scatter(model, 0.6);
        model.eval();
        var task = new NextCodeTask([new(model, noise)], tokens, window: 10, itemBudget: 100, seed: 1, TrainingSequences.Of(6, sequences), validation: null);
        var batch = ToySequences.Batch(sequences);
        Assert.True(batch.Inputs.Length > batch.Tokens, "the batch should have padding");

        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var expected = sequences.Sum(s => CrossEntropies(model, ids, s)) / sequences.Sum(s => s.Length);
        Close.Number(expected, task.Loss(batch, replica: 0).item<float>());
    }

    [Fact]
    public void The_language_model_learns_which_item_follows()
    {
        const int Items = 16;
        var data = ToySequences.Cycle(users: 60, Items, minEvents: 4, maxEvents: 6);
        var ids = SemanticIds.Create([.. Enumerable.Range(0, Items).Select(i => new[] { i * 7 % 4, i / 4 })]);
        var recipe = new LlamaRecipe
        {
            Model = new() { Width = 16, Blocks = 1, Heads = 2, Hidden = 32, Dropout = 0 },
            Window = 6,
            ItemBudget = 60,
            Training = new() { Epochs = 40, Seed = 1, Optimizer = new() { LearningRate = 0.01 } },
        };
        var (model, result) = recipe.Train(data, ids, data.Whole(), validation: null, cancel: TestContext.Current.CancellationToken);
        var histories = Enumerable.Range(1, Items).Select(i => new[] { i, i % Items + 1 }).ToArray();
        var lists = new ItemSearch(model, new ItemTrie(ItemTokens.Of(ids)), window: 6).Search(histories, [.. histories.Select(_ => 1)]);
        var hits = lists.Where((list, i) => list[0].Item == (i + 2) % Items + 1).Count();
        Assert.True(hits > 0.95 * Items, $"{hits} of {Items} right after a loss of {result.Epochs[^1].Loss:0.000}");
    }

    [Fact]
    public void Items_of_different_numbers_of_tokens_are_refused()
    {
        var tokens = ItemTokens.Of([[1, 2], [3]], start: 0);
        Assert.Contains(
            "different numbers of tokens",
            Assert.Throws<ArgumentException>(() => new NextCodeTask([], tokens, 4, 8, 1, TrainingSequences.Of(2), null)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_may_be_larger_than_the_items_need_but_not_smaller()
    {
        var data = ToySequences.Cycle(users: 6, items: 4, minEvents: 3, maxEvents: 5);
        var ids = SemanticIds.Create([[0, 0], [0, 1], [1, 0], [1, 1]]);
        var recipe = new LlamaRecipe
        {
            Model = new() { Vocabulary = 40, Width = 8, Blocks = 1, Heads = 2, Hidden = 8 },
            Training = new() { Epochs = 1, Seed = 1 },
        };
        using var model = Train(recipe);
        Assert.Equal([40, 8], model.parameters().First().shape);
        var e = Assert.Throws<ArgumentException>(() => Train(recipe with { Model = recipe.Model with { Vocabulary = 4 } }));
        Assert.Contains("vocabulary 4; the items need 5 tokens", e.Message, StringComparison.Ordinal);

        Llama Train(LlamaRecipe settings) =>
            settings.Train(data, ids, data.Whole(), validation: null, cancel: TestContext.Current.CancellationToken).Model;
    }

    /// <summary>−Σ log p(code | all before it) over one sequence without batch or padding, among the codes that lead to items.</summary>
    private static double CrossEntropies(Llama model, SemanticIds ids, int[] sequence)
    {
        var tokens = new List<long> { 0 };
        var written = ItemTokens.Of(ids);
        var sum = 0.0;
        foreach (var item in sequence)
        {
            for (var level = 0; level < ids.Levels; level++)
            {
                var states = model.Encode(tensor(tokens.ToArray()).unsqueeze(0));
                var logits = Values.Of(model.Logits(states[0, -1], written.Range(level)));
                var prefix = ids.Codes(item)[..level].ToArray();
                var choices = Enumerable.Range(1, ids.Items)
                    .Where(i => ids.Codes(i).StartsWith(prefix)).Select(i => ids.Codes(i)[level]).Distinct();
                var code = ids.Codes(item)[level];
                sum += Math.Log(choices.Sum(c => Math.Exp(logits[c]))) - logits[code];
                tokens.Add(written.Of(item)[level]);
            }
        }

        return sum;
    }
}
