using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Baselines;

/// <summary>The closed form of <see cref="Ease"/>.</summary>
internal static class EaseSolution
{
    private const double RoundingUnit = 1.0 / (1 << 24); // half of float32's spacing at 1
    private const double Safety = 8;

    /// <param name="events">Each user's distinct items.</param>
    /// <param name="regularization">λ.</param>
    /// <returns>[V, V] float32, row-major.</returns>
    /// <exception cref="TrainingException">λ is below <see cref="LeastRegularization"/>.</exception>
    public static byte[] Solve(TrainingEvents events, double regularization)
    {
        var least = LeastRegularization(events);
        if (regularization < least)
        {
            throw new TrainingException(
                $"regularisation {regularization} is lost in the rounding of float32 beside what these {events.Items} items share; "
                    + "expected at "
                + $"least {least:0.0e-0}; raise the regularisation");
        }

        using var mode = inference_mode();
        using var P = Invert(Gram(events, (float)regularization));                      // [V, V]
        // LAPACK leaves columns in a row; P is symmetric, so its transpose is P in C#'s order without a copy.
        using var transposed = P.t();
        using var rows = transposed.contiguous();
        var weights = TensorBytes.Of(rows, TensorType.F32);
        ToWeights(MemoryMarshal.Cast<byte, float>(weights.AsSpan()), events.Items);
        return weights;
    }

    /// <summary>
    /// The least λ that is accepted: 8 ‖XᵀX‖∞ 2⁻²⁴, the largest sum of a row of XᵀX in units of float32's rounding.
    /// </summary>
    /// <remarks>
    /// λ is all that keeps the eigenvalues of G above 0, and rounding moves them by some multiple of ‖G‖ 2⁻²⁴. Whether a factorisation
    /// fails when λ is no more than that depends on the order of its sums, which differs between processors. The row sums are exact
    /// counts: each user adds the number of their items to each of them. The largest multiple at which a factorisation still failed was 2,
    /// with 300 items that every user has.
    /// </remarks>
    private static double LeastRegularization(TrainingEvents events)
    {
        var sums = new long[events.Items];
        for (var user = 0; user < events.Users; user++)
        {
            var items = events.ItemsOf(user);
            foreach (var item in items) sums[item - 1] += items.Length;
        }

        return Safety * sums.Max() * RoundingUnit;
    }

    /// <summary>G = XᵀX + λI.</summary>
    private static Tensor Gram(TrainingEvents events, float regularization)
    {
        var V = events.Items;
        var G = zeros(V, V);
        var values = TensorValues.InPlace<float>(G);
        for (var user = 0; user < events.Users; user++)
        {
            var items = events.ItemsOf(user);
            foreach (var a in items)
            {
                var row = values.Slice((a - 1) * V, V);
                foreach (var b in items) row[b - 1]++;
            }
        }

        for (var i = 0; i < V; i++) values[i * V + i] += regularization;
        return G;
    }

    /// <summary>G⁻¹ by G = L Lᵀ. Each matrix is let go once the next is there; <paramref name="G"/>, too.</summary>
    private static Tensor Invert(Tensor G)
    {
        Tensor L, info;
        using (G) (L, info) = linalg.cholesky_ex(G);
        using (info)
        using (L)
        {
            if (info.item<int>() != 0)
                throw new TrainingException("the item matrix cannot be inverted in float32; raise the regularisation");
            return cholesky_inverse(L);
        }
    }

    /// <summary>B[a, b] = −P[a, b] / P[b, b], 0 on the diagonal.</summary>
    private static void ToWeights(Span<float> P, int V)
    {
        var scale = new float[V];
        for (var b = 0; b < V; b++) scale[b] = -1 / P[b * V + b];
        for (var a = 0; a < V; a++)
        {
            var row = P.Slice(a * V, V);
            TensorPrimitives.Multiply(row, scale, row);
            row[a] = 0;
        }
    }
}
