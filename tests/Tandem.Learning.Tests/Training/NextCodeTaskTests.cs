using Tandem.Data;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Language;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Protocol.Messages;
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
        using var model = new Llama(ids, new() { Width = 8, Blocks = 2, Heads = 2, Hidden = 12, Dropout = 0.3 }, noise);
        Values.Scatter(model, 0.6);
        model.eval();
        var task = new NextCodeTask([new(model, noise)], ids, window: 10, itemBudget: 100, seed: 1, TrainingSequences.Of(6, sequences), validation: null);
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
        var requests = Enumerable.Range(1, Items)
            .Select(i => new CandidateRequest { CatalogVersion = "", History = [i, i % Items + 1], Count = 1 }).ToArray();
        var lists = new GenerativeCandidates(model, ids, "", "", window: 6).Generate(requests);
        var hits = lists.Where((list, i) => list.Items[0] == (i + 2) % Items + 1).Count();
        Assert.True(hits > 0.95 * Items, $"{hits} of {Items} right after a loss of {result.Epochs[^1].Loss:0.000}");
    }

    /// <summary>−Σ log p(code | all before it) over one sequence without batch or padding, among the codes that lead to items.</summary>
    private static double CrossEntropies(Llama model, SemanticIds ids, int[] sequence)
    {
        var tokens = new List<long> { 0 };
        var sum = 0.0;
        foreach (var item in sequence)
        {
            for (var level = 0; level < ids.Levels; level++)
            {
                var states = model.Encode(tensor(tokens.ToArray()).unsqueeze(0));
                var logits = Values.Of(model.Logits(states[0, -1], level));
                var prefix = ids.Codes(item)[..level].ToArray();
                var choices = Enumerable.Range(1, ids.Items)
                    .Where(i => ids.Codes(i).StartsWith(prefix)).Select(i => ids.Codes(i)[level]).Distinct();
                var code = ids.Codes(item)[level];
                sum += Math.Log(choices.Sum(c => Math.Exp(logits[c]))) - logits[code];
                tokens.Add(ids.Token(level, code));
            }
        }

        return sum;
    }
}
