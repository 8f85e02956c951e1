using Tandem.Data.Batches;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

/// <summary>Networks whose numbers our own kernels cannot take in place train by copies.</summary>
public class NarrowTypeTests
{
    private const int Items = 20;

    private static readonly TrainingOptions _options = new() { Epochs = 30, Seed = 1, Optimizer = new() { LearningRate = 0.01 } };

    [Theory]
    [InlineData("sasrec", ScalarType.BFloat16)]
    [InlineData("sasrec", ScalarType.Float64)]
    [InlineData("ttt", ScalarType.BFloat16)]
    public void It_learns_which_item_follows(string backbone, ScalarType type)
    {
        var data = ToySequences.Cycle(users: 60, Items, minEvents: 5, maxEvents: 9);
        BackboneOptions options = backbone == "sasrec"
            ? new SasRecOptions { Width = 32, Window = 8, Dropout = 0.1 }
            : new TttOptions { Width = 32, Window = 8, Heads = 2, MiniBatch = 4 };
        manual_seed(1);
        var replicas = Replica.Create(1, noise => new SequenceModel(Items, options.Build(noise)).to(type));
        var model = (SequenceModel)replicas[0].Network;
        var task = new NextItemTask(replicas, new() { Negatives = 32, TokenBudget = 100 }, 1, data.Whole(), validation: null);
        var result = new TrainingLoop<SequenceBatch>(task, _options, "toy").Run(cancel: TestContext.Current.CancellationToken);
        Assert.All(model.named_parameters(), p => Assert.Equal(type, p.parameter.dtype));
        var cases = new RankedCases(Items, i => new[] { i + 1 }, i => (i + 1) % Items + 1);
        using var scorer = new SequenceScorer(model);
        var hits = FullRanking.Ranks(scorer, cases, maskSeen: true).Count(rank => rank == 1);
        Assert.True(hits > 0.9 * Items, $"{hits} of {Items} right after a loss of {result.Epochs[^1].Loss:0.000}");
    }

    [Fact]
    public void A_training_in_bfloat16_that_was_cut_off_ends_with_the_weights_of_one_that_was_not()
    {
        using var folder = new TemporaryFolder();
        var whole = Train(null, int.MaxValue);
        Train(folder["run"], 2);
        Assert.Equal(whole, Train(folder["run"], int.MaxValue));

        SortedDictionary<string, float[]> Train(string? checkpoint, int pauseAfter)
        {
            var data = ToySequences.Cycle(users: 20, Items, minEvents: 5, maxEvents: 9);
            manual_seed(1);
            var options = new SasRecOptions { Width = 16, Window = 8, Dropout = 0.2 };
            var replicas = Replica.Create(2, noise => new SequenceModel(Items, options.Build(noise)).to(ScalarType.BFloat16));
            var task = new NextItemTask(replicas, new() { Negatives = 8, TokenBudget = 40 }, 1, data.Whole(), validation: null);
            var training = _options with { Epochs = 4, AverageDecay = 0.9 };
            new TrainingLoop<SequenceBatch>(task, training, "toy", checkpoint).Run(pauseAfter, TestContext.Current.CancellationToken);
            return new(replicas[0].Network.named_parameters().ToDictionary(p => p.name, p => TensorValues.Copy(p.parameter)));
        }
    }

    [Fact]
    public void Values_of_any_layout_and_type_come_row_by_row_and_go_back()
    {
        using var scope = NewDisposeScope();
        float[] numbers = [1, 2, 3, 4, 5, 6];
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16, ScalarType.Float16 })
        {
            var turned = tensor(numbers, 2, 3).to(type).t();                                // [3, 2], not contiguous
            Assert.False(TensorValues.AreInPlace<float>(turned));
            Assert.Equal([1, 4, 2, 5, 3, 6], TensorValues.Copy(turned));
            TensorValues.Set(turned, [6, 5, 4, 3, 2, 1]);
            Assert.Equal([6, 5, 4, 3, 2, 1], TensorValues.Copy(turned));
            var e = Assert.Throws<ArgumentException>(() => TensorValues.InPlace<float>(turned).Length);
            Assert.Contains("not contiguous", e.Message);
        }

        var own = tensor(numbers);
        TensorValues.InPlace<float>(own)[0] = 9;
        Assert.Equal(9, own[0].item<float>());
    }
}
