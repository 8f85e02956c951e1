using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Tandem.Learning.Training;
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
                $"regularisation {regularization} is lost in the rounding of float32 over {events.Items} items, one of them with "
                + $"{MostUsers(events)} users; expected at least {least:0.0e-0}; raise the regularisation");
        }

        using var mode = inference_mode();
        using var P = Invert(Gram(events, (float)regularization));                      // [V, V]
        // LAPACK leaves columns in a row; P is symmetric, so its transpose is P in C#'s order without a copy.
        using var transposed = P.t();
        using var rows = transposed.contiguous();
        var weights = rows.bytes.ToArray();
        ToWeights(MemoryMarshal.Cast<byte, float>(weights.AsSpan()), events.Items);
        return weights;
    }

    /// <summary>The least λ that is accepted: 8 √V c 2⁻²⁴, where c counts the users of the item that most have.</summary>
    /// <remarks>
    /// XᵀX has no negative eigenvalue, so λ is what keeps G = L Lᵀ from breaking off, and each element of G carries up to V roundings of
    /// size c 2⁻²⁴, which add up as √V. Whether a factorisation just below breaks off hangs on the order of its sums, which is
    /// another on another processor; this bound is made of exact counts, and well above it none breaks off.
    /// </remarks>
    private static double LeastRegularization(TrainingEvents events) => Safety * Math.Sqrt(events.Items) * MostUsers(events) * RoundingUnit;

    private static int MostUsers(TrainingEvents events) => Enumerable.Range(1, events.Items).Max(events.CountOf);

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
    private static Tensor Invert(Tensor G)
    {
        Tensor L, info;
        using (G) (L, info) = linalg.cholesky_ex(G);
        using (info)
        using (L)
        {
            if (info.item<int>() != 0) throw new TrainingException("the item matrix cannot be inverted in float32; raise the regularisation");
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
