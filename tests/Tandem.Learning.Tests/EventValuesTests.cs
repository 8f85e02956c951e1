using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests;

/// <summary>The values of events on their way from the data to a backbone.</summary>
public class EventValuesTests
{
    private static readonly int[][] _sequences = [[4, 5], [1, 2, 3, 1]];

    [Fact]
    public void Training_reads_the_value_of_each_input()
    {
        Assert.Equal(Loss(_ => default), Loss(s => Enumerable.Repeat(1f, s.Length).ToArray()));
        Assert.Equal(Loss(s => Scaled(s, 1)), Loss(s => [.. Scaled(s, 1)[..^1], 77])); // that of the last event is nobody's input
        Assert.NotEqual(Loss(s => Scaled(s, 1)), Loss(s => Scaled(s, 2)));

        static float[] Scaled(int[] items, float by) => Array.ConvertAll(items, i => by * i);
    }

    [Fact]
    public void Ranking_reads_the_values_of_the_window()
    {
        using var model = new SequenceModel(5, new Louder());
        Values.Scatter(model, 1);
        using var scorer = new SequenceScorer(model);
        var (plain, louder) = (Scores([1, 1, 1, 1]), Scores([1, 9, 1, 3]));
        for (var i = 0; i < plain.Length; i++) Close.Number(3 * plain[i], louder[i]);
        Assert.Equal(plain, Scores([]));

        float[] Scores(float[] values)
        {
            var scores = new float[2 * 6];
            int[] items = [2, 4, 1, 3];
            scorer.Score(
                [new(items, default, values), new(items.AsMemory(3), default, values.AsMemory(Math.Min(3, values.Length)))], scores);
            return scores;
        }
    }

    [Fact]
    public void A_backbone_that_wants_values_refuses_data_without_any()
    {
        var data = ToySequences.Cycle(users: 3, items: 9, minEvents: 4, maxEvents: 4);
        var recipe = new SequenceRecipe
        {
            Backbone = new TttOptions { Width = 8, Heads = 2, EventValues = true },
            Training = new() { Epochs = 1, Seed = 1 },
        };
        var fault = Assert.Throws<RecipeException>(
            () => recipe.Train(data, data.Whole(), validation: null, cancel: TestContext.Current.CancellationToken));
        Assert.Contains("eventValues", fault.Message);
    }

    private static float Loss(Func<int[], float[]?> values)
    {
        using var scope = NewDisposeScope();
        using var model = new SequenceModel(5, new Louder());
        Values.Scatter(model, 1);
        var task = new NextItemTask(
            [new(model, new Noise(1))], new() { Negatives = 9 }, seed: 9,
            new(5, _sequences.Length, u => new(_sequences[u], default, values(_sequences[u]))), validation: null);
        var loss = task.Loss(Assert.Single(task.BeginEpoch(1)), replica: 0).item<float>();
        model.Items.Forget();
        return loss;
    }

    /// <summary>A state is the embedding of its own item times the event's value.</summary>
    private sealed class Louder() : Backbone("louder")
    {
        public override int Width => 3;

        public override int Window => 3;

        public override bool UsesValues => true;

        public override Tensor forward(Tensor x) => x.alias();

        public override Tensor Mix(Tensor x, EventFeatures features) => features.Values is { } values ? x * values.unsqueeze(2) : x.alias();
    }
}
