using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Personalization;

public sealed class PrecisionTests
{
    [Fact]
    public void A_row_keeps_the_bits_that_its_plan_says()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var slot = Linears.Uniform(6, 4, hasBias: true);
        var layer = new PrecisionLayer("layer", slot);
        // A row of each precision: 2, 4, 8 and 32 bits.
        var numbers = eye(4).view(1, 16);
        var (weight, _) = layer.Delta(numbers).Fold(slot.Weight, slot.Bias, row: 0);
        var (kept, trained) = (Values.Of(weight).Chunk(6).ToArray(), Values.Of(slot.Weight).Chunk(6).ToArray());
        Assert.Equal(trained[3], kept[3]);
        for (var row = 0; row < 3; row++)
        {
            var step = trained[row].Max(Math.Abs) / ((1 << (PrecisionLayer.Bits[row] - 1)) - 1);
            Assert.All(kept[row].Zip(trained[row]), pair =>
            {
                Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.5001f * step);
                Assert.Equal(MathF.Round(pair.First / step), pair.First / step, 3);
            });
        }
    }

    [Fact]
    public void A_plan_is_one_choice_for_each_row_with_the_gradient_of_a_softmax()
    {
        using var scope = NewDisposeScope();
        var numbers = tensor((float[])[1, 3, 2, 0], 1, 4, requires_grad: true);
        var plan = PrecisionLayer.Plan(numbers);
        Close.Row((float[])[0, 1, 0, 0], Values.Of(plan));
        (plan * tensor((float[])[1, 0, 0, 0], 1, 4, 1)).sum().backward();
        var shares = new[] { 1.0, 3, 2, 0 }.Select(Math.Exp).ToArray();
        var first = shares[0] / shares.Sum();
        Assert.Equal(first * (1 - first), Values.Of(numbers.grad!)[0], 5);
    }

    [Fact]
    public void The_penalty_brings_the_bits_down_to_the_budget()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var model = new SequenceModel(9, new SasRec(new() { Width = 8, Window = 4, Blocks = 1 }, new Noise(1)), parameters: new()
        {
            Source = ParameterSourceKind.Precision,
            Width = 6,
            Absent = 0,
            Precision = new() { Bits = 6 },
        });
        model.train();
        var optimizer = new AdamW([model], new() { LearningRate = 0.05, WeightDecay = 0 });
        var (before, after) = (Penalty(), 0f);
        for (var step = 0; step < 100; step++) after = Penalty();
        Assert.True(before > 0.3, $"{before}");
        Assert.True(after < 0.02, $"{after}");

        float Penalty()
        {
            using var steps = NewDisposeScope();
            model.Encode(model.Rows([1, 2, 3, 4]).view(1, 4, -1));
            var penalty = model.Parameters!.Penalty!;
            penalty.backward();
            optimizer.Step();
            model.Items.Forget();
            return penalty.item<float>();
        }
    }
}
