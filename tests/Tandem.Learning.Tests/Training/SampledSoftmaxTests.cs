using Tandem.Learning.Training;
using Tandem.Tests;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

/// <summary>Loss and gradients against the formula left to autograd in double precision.</summary>
public class SampledSoftmaxTests
{
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(7, 5, 4)]
    [InlineData(40, 67, 16)]
    public void Loss_and_gradients_equal_those_of_autograd(int targets, int negatives, int width)
    {
        using var scope = NewDisposeScope();
        var random = new Random(targets);
        var ids = Enumerable.Range(0, targets + negatives).Select(_ => (long)random.Next(1, 20)).ToArray();
        var logExpected = Enumerable.Range(0, negatives).Select(_ => random.NextSingle() * 4 - 2).ToArray();
        var states = Leaf(random, targets, width);
        var rows = Leaf(random, targets + negatives, width);
        var loss = SampledSoftmax.Loss(states, rows, ids, logExpected);
        loss.Times(3).backward();

        var (exactStates, exactRows) = (Widen(states), Widen(rows));
        var exact = Formula(exactStates, exactRows, ids, logExpected);
        exact.Times(3).backward();
        Close.Number(exact.item<double>(), loss.item<float>());
        Close.Row(Values.Of(exactStates.grad!.to(float32)), Values.Of(states.grad!), tolerance: 1e-5);
        Close.Row(Values.Of(exactRows.grad!.to(float32)), Values.Of(rows.grad!), tolerance: 1e-5);
    }

    [Fact]
    public void Products_in_bfloat16_stay_within_its_rounding()
    {
        using var scope = NewDisposeScope();
        var random = new Random(5);
        var ids = Enumerable.Range(0, 50).Select(_ => (long)random.Next(1, 20)).ToArray();
        var (states, rows) = (Leaf(random, 30, 16), Leaf(random, 50, 16));
        var (rounded, exact) = (
            SampledSoftmax.Loss(states, rows, ids, new float[20], brainFloat: true), SampledSoftmax.Loss(states, rows, ids, new float[20]));
        Assert.NotEqual(exact.item<float>(), rounded.item<float>());
        Assert.Equal(exact.item<float>(), rounded.item<float>(), 0.01); // bfloat16 keeps 8 bits: scores near 3 are off by .01 at most
        rounded.backward();
        var gradient = Values.Of(states.grad!);
        states.grad!.zero_();
        exact.backward();
        Close.Row(Values.Of(states.grad!), gradient, tolerance: 1e-3);
    }

    [Fact]
    public void Scores_far_apart_stay_finite()
    {
        using var scope = NewDisposeScope();
        var states = tensor(new float[,] { { 200 }, { -200 } }).requires_grad_(true);
        var rows = tensor(new float[,] { { -1 }, { -1 }, { 1 }, { 2 } }).requires_grad_(true);
        var loss = SampledSoftmax.Loss(states, rows, [1, 1, 2, 3], [0, 0]);
        loss.backward();
        Assert.Equal(300, loss.item<float>(), 1e-3); // (400 + 200) / 2 for the first, 0 for the second: 600 / 2
        Assert.True(states.grad!.isfinite().all().item<bool>() && rows.grad!.isfinite().all().item<bool>());
    }

    private static Tensor Formula(Tensor states, Tensor rows, long[] ids, float[] logExpected)
    {
        var (N, n) = ((int)states.shape[0], logExpected.Length);
        var positives = (states * rows.narrow(0, 0, N)).sum(dim: 1, keepdim: true);
        var others = states.matmul(rows.narrow(0, N, n).t()) - tensor(logExpected).to(float64);
        var same = new bool[N, n];
        for (var i = 0; i < N; i++)
        {
            for (var j = 0; j < n; j++) same[i, j] = ids[i] == ids[N + j];
        }

        var all = cat([positives, others.masked_fill(tensor(same), NegativeInfinity)], dim: 1);
        return (all.logsumexp(1) - positives.squeeze(1)).mean();
    }

    private static Tensor Leaf(Random random, int count, int width) =>
        tensor([.. Enumerable.Range(0, count * width).Select(_ => random.NextSingle() * 2 - 1)], count, width).requires_grad_(true);

    private static Tensor Widen(Tensor leaf) => leaf.detach().to(float64).requires_grad_(true);
}
