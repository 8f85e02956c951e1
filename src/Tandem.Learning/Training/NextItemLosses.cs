using Tandem.Learning.Layers;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>The formulas of <see cref="NextItemLoss"/>, each the mean over N targets in nats.</summary>
internal static class NextItemLosses
{
    /// <param name="scores">[N, V] scores of the catalogue.</param>
    /// <param name="targets">[N] int64 places of the targets among them.</param>
    public static Tensor FullSoftmax(Tensor scores, Tensor targets) => nn.functional.cross_entropy(scores, targets);

    /// <param name="positives">[N, 1] scores of the targets.</param>
    /// <param name="negatives">[N, n] scores of the negatives.</param>
    /// <param name="isTarget">[N, n] true where a negative is the target itself; it is left out.</param>
    /// <param name="beta">β, the exponent of σ(s⁺); 1 for plain BCE.</param>
    public static Tensor BinaryCrossEntropy(Tensor positives, Tensor negatives, Tensor isTarget, double beta)
    {
        var others = negatives.Softplus().masked_fill(isTarget, Zero).sum(dim: 1);              // −Σ log(1 − σ(s⁻))
        var own = (-positives).Softplus().squeeze(1).Times(beta);                               // −log σ(s⁺)^β
        return own.Plus(others).DividedBy(negatives.shape[1] + 1).mean();
    }

    /// <param name="positives">[N, 1].</param>
    /// <param name="negatives">[N, n].</param>
    /// <param name="isTarget">[N, n].</param>
    public static Tensor Bpr(Tensor positives, Tensor negatives, Tensor isTarget) =>
        (negatives - positives).Softplus().masked_fill(isTarget, Zero).mean(dimensions: [1]).mean();

    /// <summary>gBCE's β for t, n negatives and V items.</summary>
    public static double Beta(double calibration, int negatives, int items)
    {
        var alpha = Math.Min(1, (double)negatives / Math.Max(1, items - 1));
        return alpha * (calibration * (1 - 1 / alpha) + 1 / alpha);
    }
}
