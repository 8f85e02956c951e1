using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Learning.Layers;

namespace Tandem.Learning.Backbones.Fused;

/// <summary>
/// <see cref="TttInnerNorm"/> row by row: x̂ = (x − μ) / σ, its gradient, and the gradient of that gradient. All rows are F long, a
/// multiple of <see cref="SmallProducts{T}.Lanes"/>.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal static class NormRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T _epsilon = T.CreateChecked(1e-6);

    /// <summary>x ← x̂.</summary>
    /// <returns>1 / σ.</returns>
    public static T Normalize(Span<T> x)
    {
        ref var a = ref MemoryMarshal.GetReference(x);
        var lanes = (nuint)Vector256<T>.Count;
        var (sum, count) = (Vector256<T>.Zero, T.CreateChecked(x.Length));
        for (nuint i = 0; i < (nuint)x.Length; i += lanes) sum += Vector256.LoadUnsafe(ref a, i);
        var mean = Vector256.Create(Vector256.Sum(sum) / count);
        var squares = Vector256<T>.Zero;
        for (nuint i = 0; i < (nuint)x.Length; i += lanes)
        {
            var centred = Vector256.LoadUnsafe(ref a, i) - mean;
            centred.StoreUnsafe(ref a, i);
            squares = SmallProducts<T>.MultiplyAdd(centred, centred, squares);
        }

        var scale = T.One / T.Sqrt(Vector256.Sum(squares) / count + _epsilon);
        for (nuint i = 0; i < (nuint)x.Length; i += lanes) (Vector256.LoadUnsafe(ref a, i) * scale).StoreUnsafe(ref a, i);
        return scale;
    }

    /// <summary>(y − mean(y) − x̂ · mean(y ⊙ x̂)) / σ: what reaches x of a gradient y that reaches x̂.</summary>
    /// <param name="y">In and out.</param>
    /// <param name="xHat">x̂.</param>
    /// <param name="scale">1 / σ.</param>
    public static void Backward(Span<T> y, ReadOnlySpan<T> xHat, T scale)
    {
        ref var a = ref MemoryMarshal.GetReference(y);
        ref var b = ref MemoryMarshal.GetReference(xHat[..y.Length]);
        var lanes = (nuint)Vector256<T>.Count;
        var (sum, product, count) = (Vector256<T>.Zero, Vector256<T>.Zero, T.CreateChecked(y.Length));
        for (nuint i = 0; i < (nuint)y.Length; i += lanes)
        {
            var v = Vector256.LoadUnsafe(ref a, i);
            sum += v;
            product = SmallProducts<T>.MultiplyAdd(v, Vector256.LoadUnsafe(ref b, i), product);
        }

        var mean = Vector256.Create(Vector256.Sum(sum) / count);
        var along = Vector256.Create(Vector256.Sum(product) / count);
        for (nuint i = 0; i < (nuint)y.Length; i += lanes)
        {
            var rest = Vector256.LoadUnsafe(ref a, i) - mean - Vector256.LoadUnsafe(ref b, i) * along;
            (rest * scale).StoreUnsafe(ref a, i);
        }
    }

    /// <summary>r = γ ⊙ ẑ + β − target and g = γ ⊙ r.</summary>
    public static void Residual(
        ReadOnlySpan<T> zHat, ReadOnlySpan<T> target, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> r, Span<T> g)
    {
        for (var f = 0; f < zHat.Length; f += Vector256<T>.Count)
        {
            var scale = Vector256.Create(gamma[f..]);
            var residual = SmallProducts<T>.MultiplyAdd(
                scale, Vector256.Create(zHat[f..]), Vector256.Create(beta[f..]) - Vector256.Create(target[f..]));
            residual.CopyTo(r[f..]);
            (residual * scale).CopyTo(g[f..]);
        }
    }

    /// <summary>
    /// The gradient through G = <see cref="Backward"/>(g): dg = (dG − mean(dG) − ẑ u) / σ, dẑ = −(c dG + u g) / σ, dσ⁻¹-part −Σ dG ⊙ G / σ,
    /// with c = mean(g ⊙ ẑ), u = mean(dG ⊙ ẑ); then through g, r and ẑ to z.
    /// </summary>
    /// <param name="dG">In: what reaches G. Out: what reaches z.</param>
    /// <param name="G">The gradient itself.</param>
    /// <param name="g">γ ⊙ r.</param>
    /// <param name="r">In: r. Out: what reaches it, dr.</param>
    /// <param name="zHat">ẑ.</param>
    /// <param name="scale">1 / σ.</param>
    /// <param name="gamma">γ.</param>
    /// <param name="dGamma">Added to.</param>
    /// <param name="dBeta">Added to.</param>
    public static void SecondOrder(
        Span<T> dG, ReadOnlySpan<T> G, ReadOnlySpan<T> g, Span<T> r, ReadOnlySpan<T> zHat, T scale, ReadOnlySpan<T> gamma, Span<T> dGamma,
            Span<T> dBeta)
    {
        var count = T.CreateChecked(dG.Length);
        var c = Vector256.Create(SmallProducts<T>.Dot(g, zHat) / count);
        var u = Vector256.Create(SmallProducts<T>.Dot(dG, zHat) / count);
        var dScale = Vector256.Create(-SmallProducts<T>.Dot(dG, G) * scale / count);
        var sum = Vector256<T>.Zero;
        for (var f = 0; f < dG.Length; f += Vector256<T>.Count) sum += Vector256.Create<T>(dG[f..]);
        var mean = Vector256.Create(Vector256.Sum(sum) / count);
        for (var f = 0; f < dG.Length; f += Vector256<T>.Count)
        {
            var (own, hat, weight) = (Vector256.Create<T>(dG[f..]), Vector256.Create(zHat[f..]), Vector256.Create(gamma[f..]));
            var dg = (own - mean - hat * u) * scale;
            var dr = weight * dg;
            (Vector256.Create<T>(dGamma[f..]) + dg * Vector256.Create<T>(r[f..]) + dr * hat).CopyTo(dGamma[f..]);
            (Vector256.Create<T>(dBeta[f..]) + dr).CopyTo(dBeta[f..]);
            (weight * dr - (c * own + u * Vector256.Create(g[f..])) * scale).CopyTo(dG[f..]);
            dr.CopyTo(r[f..]);
        }

        Backward(dG, zHat, scale);
        for (var f = 0; f < dG.Length; f += Vector256<T>.Count)
            (Vector256.Create<T>(dG[f..]) + dScale * Vector256.Create(zHat[f..])).CopyTo(dG[f..]);
    }
}
