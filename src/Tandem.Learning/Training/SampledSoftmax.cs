using System.Numerics.Tensors;
using Tandem.Learning.Layers;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Training;

/// <summary>
/// Sampled softmax with logQ correction (<see cref="NextItemLoss.SampledSoftmax"/>) and its gradient in one pass over the scores.
/// </summary>
/// <remarks>
/// As separate tensor operations the [N, n] scores are read and written a dozen times between the two matrix products, which cost
/// more than the products; here each row is turned from scores to probabilities while it lies in the cache:
/// <c>∂/∂s⁻ = p⁻ / N</c>, <c>∂/∂s⁺ = (p⁺ − 1) / N</c>.
/// </remarks>
internal static class SampledSoftmax
{
    /// <summary>The mean loss over N targets, a scalar with a gradient.</summary>
    /// <param name="states">[N, D].</param>
    /// <param name="rows">[N + n, D] embeddings of the targets, then of the negatives.</param>
    /// <param name="ids">[N + n] their item ids; a negative that is a row's target is left out of that row.</param>
    /// <param name="logExpected">[n] log(n q): how often a negative is expected among n draws.</param>
    /// <param name="brainFloat">True to compute the three [N, n] products from operands rounded to bfloat16.</param>
    public static Tensor Loss(Tensor states, Tensor rows, ReadOnlySpan<long> ids, ReadOnlySpan<float> logExpected, bool brainFloat = false)
    {
        using var scope = NewDisposeScope();
        var (N, n) = (states.shape[0], logExpected.Length);
        double loss;
        Tensor stateGradient, rowGradient;
        using (no_grad())
        {
            var (targets, negatives) = (rows.narrow(0, 0, N), rows.narrow(0, N, n));
            var positives = (states * targets).sum(dim: 1, keepdim: true);              // [N, 1]
            var scores = Products.Of(states, negatives.t(), brainFloat);                    // [N, n]
            (loss, positives, scores) = Differentiate(positives, scores, ids, logExpected);
            stateGradient = (targets * positives).Plus(Products.Of(scores, negatives, brainFloat));      // [N, D]
            rowGradient = cat([states * positives, Products.Of(scores.t(), states, brainFloat)], dim: 0); // [N + n, D]
        }

        // Linear in states and rows, with the gradient computed above; its value is replaced by the loss.
        var carrier = (states * stateGradient).sum().Plus((rows * rowGradient).sum());
        return (carrier - carrier.detach()).Plus(loss).MoveToOuterDisposeScope();
    }

    /// <summary>The same on tensors, in place where float32 lies on the CPU, else on a copy there.</summary>
    private static (double Loss, Tensor Positives, Tensor Scores) Differentiate(
        Tensor positives, Tensor scores, ReadOnlySpan<long> ids, ReadOnlySpan<float> logExpected)
    {
        var (p, s) = (InFloat(positives), InFloat(scores));
        var loss = Differentiate(TensorValues.InPlace<float>(p), TensorValues.InPlace<float>(s), ids, logExpected);
        return (loss, p.to(positives.dtype).to(positives.device), s.to(scores.dtype).to(scores.device));

        static Tensor InFloat(Tensor x) => TensorValues.AreInPlace<float>(x) ? x : x.to(ScalarType.Float32).cpu().contiguous();
    }

    /// <summary>Turns scores into gradients with respect to them; gives the mean loss.</summary>
    /// <param name="positives">[N] s⁺ → (p⁺ − 1) / N.</param>
    /// <param name="scores">[N, n] s⁻ → p⁻ / N.</param>
    /// <param name="ids">[N + n].</param>
    /// <param name="logExpected">[n].</param>
    private static double Differentiate(Span<float> positives, Span<float> scores, ReadOnlySpan<long> ids, ReadOnlySpan<float> logExpected)
    {
        var (N, n) = (positives.Length, logExpected.Length);
        var negativeIds = ids[N..];
        var loss = 0.0;
        for (var i = 0; i < N; i++)
        {
            var row = scores.Slice(i * n, n);
            TensorPrimitives.Subtract(row, logExpected, row);
            Exclude(row, negativeIds, ids[i]);
            var most = Math.Max(positives[i], TensorPrimitives.Max(row));
            TensorPrimitives.Subtract(row, most, row);
            TensorPrimitives.Exp(row, row);
            var own = MathF.Exp(positives[i] - most);
            var sum = own + TensorPrimitives.Sum<float>(row);
            loss += Math.Log(sum) + most - positives[i];
            TensorPrimitives.Multiply(row, 1 / (sum * N), row);
            positives[i] = (own / sum - 1) / N;
        }

        return loss / N;
    }

    private static void Exclude(Span<float> row, ReadOnlySpan<long> negativeIds, long target)
    {
        for (var from = 0; negativeIds[from..].IndexOf(target) is >= 0 and var at; from += at + 1) row[from + at] = float.NegativeInfinity;
    }
}
