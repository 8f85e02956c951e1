using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

/// <summary>The losses against their formulas in double precision, one target at a time.</summary>
public class NextItemLossesTests
{
    private static readonly float[] _positives = [1.5f, -0.7f];
    private static readonly float[,] _negatives = { { 0.3f, 2.0f, -1.0f }, { -0.2f, 0.9f, 0.4f } };

    /// <summary>The second target's first negative is the target itself.</summary>
    private static readonly bool[,] _isTarget = { { false, false, false }, { true, false, false } };

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.2)]
    public void Binary_cross_entropy_takes_beta_as_the_exponent_of_the_target(double beta)
    {
        var expected = Mean((p, n) => -(beta * Math.Log(Sigmoid(p)) + n.Sum(x => Math.Log(1 - Sigmoid(x.Score)))) / 4);
        Close.Number(expected, Loss((p, n, same) => NextItemLosses.BinaryCrossEntropy(p, n, same, beta)), 1e-6);
    }

    [Fact]
    public void Bpr_is_the_mean_over_the_negatives()
    {
        var expected = Mean((p, n) => -n.Sum(x => Math.Log(Sigmoid(p - x.Score))) / 3);
        Close.Number(expected, Loss(NextItemLosses.Bpr), 1e-6);
    }

    [Fact]
    public void Beta_is_one_without_calibration_and_the_sampling_rate_with_all_of_it()
    {
        Assert.Equal(1, NextItemLosses.Beta(0, negatives: 10, items: 101), 1e-12);
        Assert.Equal(0.1, NextItemLosses.Beta(1, negatives: 10, items: 101), 1e-12);
        Assert.Equal(1, NextItemLosses.Beta(0.75, negatives: 500, items: 101), 1e-12);
    }

    [Theory]
    [InlineData(NextItemLoss.SampledSoftmax)]
    [InlineData(NextItemLoss.FullSoftmax)]
    [InlineData(NextItemLoss.Gbce)]
    [InlineData(NextItemLoss.Bce)]
    [InlineData(NextItemLoss.Bpr)]
    public void Every_loss_learns_which_item_follows(NextItemLoss kind) =>
        ToyTraining.AssertLearnsCycle(loss: new() { Kind = kind, Negatives = 16, TokenBudget = 100 });

    [Fact]
    public void Cosines_with_a_temperature_learn_which_item_follows() =>
        ToyTraining.AssertLearnsCycle(loss: new() { Temperature = 0.1, Negatives = 16, TokenBudget = 100 }, normalized: true);

    [Fact]
    public void Popular_negatives_learn_which_item_follows() =>
        ToyTraining.AssertLearnsCycle(loss: new() { PopularityExponent = 0.5, Negatives = 16, TokenBudget = 100 });

    private static double Loss(Func<Tensor, Tensor, Tensor, Tensor> loss)
    {
        using var scope = NewDisposeScope();
        return loss(tensor(_positives).unsqueeze(1), tensor(_negatives), tensor(_isTarget)).item<float>();
    }

    private static double Mean(Func<double, (int Place, double Score)[], double> ofOne) => Enumerable.Range(0, 2).Average(row => ofOne(
        _positives[row], [.. Enumerable.Range(0, 3).Where(n => !_isTarget[row, n]).Select(n => (n, (double)_negatives[row, n]))]));

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
