using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

public class TargetAwareTaskTests
{
    private const int Items = 6;

    [Fact]
    public void The_loss_equals_the_formula_by_hand()
    {
        const int Negatives = 12; // more than items, so that some negatives are the target itself
        int[][] sequences = [[4, 5], [1, 2, 3, 1]];
        using var model = Model(window: 50);
        var task = new TargetAwareTask(
            [new(model, new Noise(1))], new() { Negatives = Negatives }, seed: 9, TrainingSequences.Of(Items, sequences), validation: null);
        var batch = Assert.Single(task.BeginEpoch(2));
        Assert.True(batch.Inputs.Length > batch.Tokens, "the batch should have padding");

        var negatives = NamedSeed.Create(9, "negatives", 2, 0);
        var drawn = Enumerable.Range(0, Negatives).Select(_ => negatives.Next(1, Items + 1)).ToArray();
        (int[] History, int Target)[] pairs = [([4], 5), ([1], 2), ([1, 2], 3), ([1, 2, 3], 1)];
        Assert.Contains(pairs, pair => drawn.Contains(pair.Target));
        var expected = pairs.Average(pair => HandMade(Scores(model, pair.History), pair.Target, drawn));

        using var scope = NewDisposeScope();
        Close.Number(expected, task.Loss(batch, replica: 0).item<float>());
        model.Items.Forget();
    }

    [Fact]
    public void Binary_cross_entropy_takes_negatives_of_each_targets_own()
    {
        const int Negatives = 4;
        int[][] sequences = [[4, 5], [1, 2, 3, 1]];
        using var model = Model(window: 50);
        var task = new TargetAwareTask(
            [new(model, new Noise(1))], new() { Kind = NextItemLoss.Bce, Negatives = Negatives }, seed: 9,
            TrainingSequences.Of(Items, sequences), validation: null);
        var batch = Assert.Single(task.BeginEpoch(2));
        var (random, expected, same) = (NamedSeed.Create(9, "negatives", 2, 0), 0.0, 0);
        for (var row = 0; row < batch.Rows; row++)
        {
            int[] history = [.. batch.Inputs.Skip(row * batch.Steps).Take(batch.Steps).Where(item => item != 0)];
            var target = batch.Targets.Skip(row * batch.Steps).Take(batch.Steps).Last(item => item != 0);
            var scores = Scores(model, history);
            var loss = -Math.Log(Sigmoid(scores[target]));
            for (var i = 0; i < Negatives; i++)
            {
                var negative = random.Next(1, Items + 1);
                if (negative == target) same++;
                else loss -= Math.Log(1 - Sigmoid(scores[negative]));
            }

            expected += loss / (1 + Negatives) / batch.Rows;
        }

        Assert.True(same > 0, "some negative should be the target itself");
        using var scope = NewDisposeScope();
        Close.Number(expected, task.Loss(batch, replica: 0).item<float>());
        model.Items.Forget();

        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
    }

    [Fact]
    public void Every_event_but_the_first_is_a_target_once_and_reads_no_more_than_the_window()
    {
        int[][] sequences = [[1, 2, 3, 4, 5], [6], [2, 1]];
        var rows = Rows(new(), window: 2, sequences);
        Assert.Equal(["1,2→3", "1→2", "2,3→4", "2→1", "3,4→5"], rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Only_the_newest_events_become_targets_where_so_many_are_asked_for() =>
        Assert.Equal(
            ["1,2,3,4→5", "1,2,3→4"], Rows(new() { TargetsPerSequence = 2 }, window: 10, [[1, 2, 3, 4, 5]]).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(NextItemLoss.SampledSoftmax)]
    [InlineData(NextItemLoss.Bce)]
    public void DIN_learns_which_item_follows_and_its_validation_says_so(NextItemLoss kind)
    {
        const int Catalog = 20;
        var data = ToySequences.Cycle(users: 60, Catalog, minEvents: 4, maxEvents: 6);
        var recipe = new DinRecipe
        {
            Model = new() { Width = 16, AttentionHidden = 16, Hidden = 32, LastHidden = 16, Window = 8, Dropout = 0 },
            Loss = new() { Kind = kind, Negatives = 16, TokenBudget = 100 },
            Training = new()
            {
                Epochs = 20,
                Seed = 1,
                Replicas = 1,
                ValidateEvery = 1,
                Patience = 20,
                Optimizer = new() { LearningRate = 0.01 },
            },
        };
        var (_, result) = recipe.Train(
            data, data.ButLast(), ToySequences.LastItems(data), cancel: TestContext.Current.CancellationToken);
        var first = result.Epochs[0].Validation;
        Assert.True(first < 0.6 && result.BestValidation > 0.9, $"NDCG@10 {first:0.000} → {result.BestValidation:0.000}");
    }

    [Fact]
    public void Validation_ranks_no_more_cases_than_asked_and_the_same_ones_again()
    {
        var data = ToySequences.Cycle(users: 50, Items, minEvents: 3, maxEvents: 6);
        using var model = Model(window: 8);
        var asked = new HashSet<int>();
        var cases = ToySequences.LastItems(data);
        var counted = cases with { Target = Target };
        double? Validate() => new TargetAwareTask(
            [new(model, new Noise(1))], new() { ValidationCases = 10, MaskSeen = false }, seed: 1, data.Whole(), counted).Validate();
        var first = Validate();
        Assert.Equal(10, asked.Count);
        Assert.Equal(first, Validate());
        Assert.Equal(10, asked.Count);

        int Target(int i)
        {
            lock (asked) asked.Add(i);
            return cases.Target(i);
        }
    }

    [Fact]
    public void Options_name_every_fault()
    {
        Assert.Empty(new TargetAwareOptions().Validate());
        Assert.Equal(
            [
                "loss Bpr is not one of DIN's; set loss.kind to sampledSoftmax or bce",
                "token budget 0; at least 1 is needed",
                "0 negatives; at least 1 is needed",
                "0 targets of a sequence; at least 1 is needed",
                "0 validation cases; at least 1 is needed",
            ],
            new TargetAwareOptions
            {
                Kind = NextItemLoss.Bpr,
                TokenBudget = 0,
                Negatives = 0,
                TargetsPerSequence = 0,
                ValidationCases = 0,
            }.Validate());
    }

    private static Din Model(int window)
    {
        var model = new Din(Items, new() { Width = 5, AttentionHidden = 4, Window = window, Dropout = 0 }, new Noise(1));
        Values.Scatter(model, 0.6);
        model.eval();
        return model;
    }

    /// <summary>An epoch's rows as "history→last target".</summary>
    private static IEnumerable<string> Rows(TargetAwareOptions options, int window, int[][] sequences)
    {
        using var model = Model(window);
        var task = new TargetAwareTask(
            [new(model, new Noise(1))], options, seed: 1, TrainingSequences.Of(Items, sequences), validation: null);
        return [.. from batch in task.BeginEpoch(1)
                   from row in Enumerable.Range(0, batch.Rows)
                   let inputs = batch.Inputs.Skip(row * batch.Steps).Take(batch.Steps).Where(item => item != 0)
                   let target = batch.Targets.Skip(row * batch.Steps).Take(batch.Steps).Last(item => item != 0)
                   select $"{string.Join(',', inputs)}→{target}"];
    }

    private static float[] Scores(Din model, int[] history)
    {
        var scores = new float[Items + 1];
        new DinScorer(model).Score([new History(history, default)], scores);
        return scores;
    }

    /// <summary>−log( e^{s⁺} / (e^{s⁺} + V/n Σ e^{s⁻}) ), negatives that equal the target left out.</summary>
    private static double HandMade(float[] scores, int target, int[] negatives)
    {
        var positive = Math.Exp(scores[target]);
        var rest = negatives.Where(n => n != target).Sum(n => Math.Exp(scores[n]));
        return -Math.Log(positive / (positive + (double)Items / negatives.Length * rest));
    }
}
