using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

public sealed class ListwiseTaskTests
{
    private const int Items = 6;

    private static readonly int[][] _sequences = [[1, 2, 3, 1], [4, 5]];

    [Theory]
    [InlineData(ListLoss.Softmax)]
    [InlineData(ListLoss.Binary)]
    public void The_loss_is_that_of_the_next_item_and_that_of_each_list(ListLoss loss)
    {
        using var model = new SequenceModel(Items, new Echo(width: 3, window: 2));
        Values.Scatter(model, 1);
        model.eval();
        var cases = new ListCases([Of(1, 2, 5), Of(4)], [[3, 6, 1], [5, 2]]); // of unlike lengths, one longer than the window
        NextItemTask Next() => new(
            [new(model, new Noise(1))], new() { Negatives = 4 }, seed: 9, TrainingSequences.Of(Items, _sequences), validation: null);
        var options = new ListOptions { Cloud = "a cloud", Weight = 0.5, Batch = 40, Loss = loss };
        var task = new ListwiseTask(Next(), cases, options, seed: 3);

        using var scope = NewDisposeScope();
        var plain = Next();
        var alone = plain.Loss(Assert.Single(plain.BeginEpoch(1)), 0).item<float>();
        var draws = NamedSeed.Create(3, "lists", 1, 0);
        var weights = Values.Of(model.Items.Weight);
        // Two cases: a step takes no more lists than there are.
        int[][] both = [[5, 3, 6, 1], [4, 5, 2]];    // the last event, then its list
        int[][] lists = [.. both.Select(_ => both[draws.Next(2)])];
        var expected = loss == ListLoss.Softmax
            ? lists.Average(list => CrossEntropy(weights, list[0], list[1..]))
            : lists.SelectMany(list => list[1..].Select((item, i) => Binary(weights, list[0], item, isTarget: i == 0))).Average();
        Close.Number(alone + 0.5 * expected, task.Loss(Assert.Single(task.BeginEpoch(1)), 0).item<float>());
    }

    [Fact]
    public void What_a_cloud_proposes_wrongly_sinks_below_the_target()
    {
        var data = ToySequences.Cycle(users: 30, items: 20, minEvents: 6, maxEvents: 8);
        // Everybody was proposed item 20, and nobody took it.
        var histories = Enumerable.Range(0, 30).Select(user => data.Prefix(user, 3)).ToArray();
        var cases = new ListCases(
            histories, [.. Enumerable.Range(0, 30).Select(user => new[] { data.Sequence(user)[3], 20 }.Distinct().ToArray())]);
        var recipe = new SequenceRecipe
        {
            Backbone = new SasRecOptions { Width = 8, Dropout = 0 },
            Lists = new() { Cloud = "a cloud", Weight = 5 },
            Training = new() { Epochs = 20, Seed = 1, Optimizer = new() { LearningRate = 0.01 } },
        };
        using var with = recipe.Train(data, data.Whole(), validation: null, lists: cases, cancel: Cancel).Model;
        using var without = recipe.Train(data, data.Whole(), validation: null, cancel: Cancel).Model;
        Assert.True(Lead(with) > Lead(without) + 0.5, $"{Lead(with)} against {Lead(without)}");

        double Lead(SequenceModel model)
        {
            using var scorer = new SequenceScorer(model);
            var scores = new float[21];
            return Enumerable.Range(0, 30).Where(user => data.Sequence(user)[3] != 20).Average(user =>
            {
                scorer.Score([histories[user]], scores);
                return scores[data.Sequence(user)[3]] - scores[20];
            });
        }
    }

    [Fact]
    public void A_training_that_was_cut_off_ends_with_the_same_weights_and_other_lists_do_not_continue_it()
    {
        using var folder = new TemporaryFolder();
        var data = ToySequences.Cycle(users: 20, items: 12, minEvents: 5, maxEvents: 6);
        var cases = new ListCases([data.Prefix(0, 3), data.Prefix(1, 2)], [[1, 2, 3], [4, 5]]);
        var recipe = new SequenceRecipe
        {
            Backbone = new SasRecOptions { Width = 8 },
            Lists = new() { Cloud = "a cloud" },
            Training = new() { Epochs = 3, Seed = 1, Replicas = 2 },
        };
        var path = folder["checkpoint"];
        recipe.Train(data, data.Whole(), validation: null, path, pauseAfter: 1, lists: cases, cancel: Cancel).Model.Dispose();
        using var resumed = recipe.Train(data, data.Whole(), validation: null, path, lists: cases, cancel: Cancel).Model;
        using var whole = recipe.Train(data, data.Whole(), validation: null, lists: cases, cancel: Cancel).Model;
        Assert.Equal(Values.Of(whole.Items.Weight), Values.Of(resumed.Items.Weight));
        Assert.Throws<CheckpointException>(() => recipe.Train(
            data, data.Whole(), validation: null, path, lists: cases with { Candidates = [[1, 2], [4, 5]] }, cancel: Cancel));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static History Of(params int[] items) => new(items, default);

    /// <summary>−log softmax of the first, by inner products with the row of the last event, which is the state.</summary>
    private static double Binary(float[] weights, int history, int item, bool isTarget)
    {
        var score = Enumerable.Range(0, 3).Sum(d => (double)weights[3 * history + d] * weights[3 * item + d]);
        return Math.Log(1 + Math.Exp(isTarget ? -score : score));
    }

    private static double CrossEntropy(float[] weights, int history, params int[] candidates)
    {
        double[] scores =
        [
            .. candidates.Select(item => Enumerable.Range(0, 3).Sum(d => (double)weights[history * 3 + d] * weights[item * 3 + d])),
        ];
        return Math.Log(scores.Sum(Math.Exp)) - scores[0];
    }
}
