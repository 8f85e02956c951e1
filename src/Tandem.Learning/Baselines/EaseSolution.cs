using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Tandem.Learning.Training;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Baselines;

/// <summary>The closed form of <see cref="Ease"/>.</summary>
internal static class EaseSolution
{
    /// <param name="events">Each user's distinct items.</param>
    /// <param name="regularization">λ.</param>
    /// <returns>[V, V] float32, row-major.</returns>
    /// <exception cref="TrainingException">XᵀX + λI is not positive definite in float32.</exception>
    public static byte[] Solve(TrainingEvents events, double regularization)
    {
        using var mode = inference_mode();
        using var P = Invert(Gram(events, (float)regularization), regularization);      // [V, V]
        // LAPACK leaves columns in a row; P is symmetric, so its transpose is P in C#'s order without a copy.
        using var transposed = P.t();
        using var rows = transposed.contiguous();
        var weights = rows.bytes.ToArray();
        ToWeights(MemoryMarshal.Cast<byte, float>(weights.AsSpan()), events.Items);
        return weights;
    }

    /// <summary>G = XᵀX + λI.</summary>
    private static Tensor Gram(TrainingEvents events, float regularization)
    {
        var V = events.Items;
        var G = zeros(V, V);
        var values = MemoryMarshal.Cast<byte, float>(G.bytes);
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
    private static Tensor Invert(Tensor G, double regularization)
    {
        Tensor L, info;
        using (G) (L, info) = linalg.cholesky_ex(G);
        using (info)
        using (L)
        {
            if (info.item<int>() != 0)
            {
                throw new TrainingException(
                    $"the item matrix cannot be inverted in float32 with regularisation {regularization}; expected it to dominate "
                    + "rounding errors; raise the regularisation");
            }

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
