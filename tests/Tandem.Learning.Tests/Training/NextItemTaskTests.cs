using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

public class NextItemTaskTests
{
    [Fact]
    public void The_loss_equals_the_formula_by_hand()
    {
        const int Items = 5;
        const int Negatives = 12; // more than items, so that some negatives are the target itself
        int[][] sequences = [[4, 5], [1, 2, 3, 1]];
        using var model = new SequenceModel(Items, new Echo(width: 3, window: 50));
        Values.Scatter(model, 1);
        model.eval();
        var task = new NextItemTask(
            [new(model, new Noise(1))], new() { Negatives = Negatives }, seed: 9, TrainingSequences.Of(Items, sequences), validation: null);
        var batch = Assert.Single(task.BeginEpoch(2));
        Assert.True(batch.Inputs.Length > batch.Tokens, "the batch should have padding");

        var negatives = NamedSeed.Create(9, "negatives", 2, 0);
        var drawn = Enumerable.Range(0, Negatives).Select(_ => negatives.Next(Items) + 1).ToArray();
        (int Input, int Target)[] pairs = [(4, 5), (1, 2), (2, 3), (3, 1)];
        Assert.Contains(pairs, pair => drawn.Contains(pair.Target));
        var expected = pairs.Average(pair => HandMade(Values.Of(model.Items.Weight), pair.Input, pair.Target, drawn, Items));

        using var scope = NewDisposeScope();
        Close.Number(expected, task.Loss(batch, replica: 0).item<float>());
    }

    [Fact]
    public void Negatives_of_each_targets_own_make_the_binary_loss_by_hand()
    {
        const int Items = 6;
        const int Negatives = 3;
        using var model = new SequenceModel(Items, new Echo(width: 3, window: 50));
        Values.Scatter(model, 1);
        model.eval();
        var options = new NextItemOptions { Kind = NextItemLoss.Bce, Negatives = Negatives, ShareNegatives = false };
        var task = new NextItemTask(
            [new(model, new Noise(1))], options, seed: 9, TrainingSequences.Of(Items, [[4, 5], [1, 2, 3, 1]]), validation: null);
        var batch = Assert.Single(task.BeginEpoch(2));
        var random = NamedSeed.Create(9, "negatives", 2, 0);
        var rows = Values.Of(model.Items.Weight);
        var losses = new List<double>();
        for (var place = 0; place < batch.Inputs.Length; place++)
        {
            if (batch.Targets[place] == 0) continue;
            var target = batch.Targets[place];
            var loss = Math.Log(1 + Math.Exp(-Score(batch.Inputs[place], target)));
            for (var n = 0; n < Negatives; n++)
                if (random.Next(Items) + 1 is var item && item != target) loss += Math.Log(1 + Math.Exp(Score(batch.Inputs[place], item)));
            losses.Add(loss / (Negatives + 1));
        }

        Assert.Equal(4, losses.Count);
        using var scope = NewDisposeScope();
        Close.Number(losses.Average(), task.Loss(batch, replica: 0).item<float>());

        double Score(int input, int item) => Enumerable.Range(0, 3).Sum(d => (double)rows[3 * input + d] * rows[3 * item + d]);
    }

    [Fact]
    public void Negatives_of_each_targets_own_are_refused_where_the_loss_shares_them() =>
        Assert.Contains(
            "loss.shareNegatives", Assert.Single(new NextItemOptions { ShareNegatives = false }.Validate()), StringComparison.Ordinal);

    [Fact]
    public void Where_every_negative_is_the_target_nothing_is_lost()
    {
        int[][] sequences = [[1, 1, 1]];
        using var model = new SequenceModel(1, new Echo(width: 3, window: 50));
        var task = new NextItemTask(
            [new(model, new Noise(1))], new() { Negatives = 4 }, seed: 1, TrainingSequences.Of(1, sequences), validation: null);
        using var scope = NewDisposeScope();
        Assert.Equal(0, task.Loss(Assert.Single(task.BeginEpoch(1)), replica: 0).item<float>());
        model.Items.Forget();
    }

    [Fact]
    public void An_epoch_repeats_its_negatives_and_another_draws_its_own()
    {
        var data = ToySequences.Cycle(users: 5, items: 30, minEvents: 4, maxEvents: 4);
        using var model = new SequenceModel(30, new Echo(width: 3, window: 50));
        Values.Scatter(model, 1);
        model.eval();
        var task = new NextItemTask([new(model, new Noise(1))], new() { Negatives = 5 }, seed: 1, data.Whole(), validation: null);
        Assert.Equal(Loss(1), Loss(1));
        Assert.NotEqual(Loss(1), Loss(2));

        float Loss(int epoch)
        {
            using var scope = NewDisposeScope();
            return task.Loss(Assert.Single(task.BeginEpoch(epoch)), replica: 0).item<float>();
        }
    }

    /// <summary>−log( e^{s⁺} / (e^{s⁺} + V/n Σ e^{s⁻}) ), negatives that equal the target left out.</summary>
    private static double HandMade(float[] table, int input, int target, int[] negatives, int items)
    {
        double Score(int item) => Enumerable.Range(0, 3).Sum(d => (double)table[input * 3 + d] * table[item * 3 + d]);
        var positive = Math.Exp(Score(target));
        var rest = negatives.Where(n => n != target).Sum(n => Math.Exp(Score(n)));
        return -Math.Log(positive / (positive + (double)items / negatives.Length * rest));
    }
}
