using System.Numerics;
using Tandem.Learning.Layers;

namespace Tandem.Learning.Backbones.Fused;

/// <summary>
/// One mini-batch of one head in dual form, with all that its backward pass needs; the equations are <see cref="TttLinearMemory"/>'s.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class TttLinearChunk<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly TttLinearShape _shape;
    private readonly TttRotary<T> _rotary;

    public TttLinearChunk(TttLinearShape shape, TttRotary<T> rotary)
    {
        (_shape, _rotary) = (shape, rotary);
        var (rows, square) = (shape.MiniBatch * shape.HeadWidth, shape.MiniBatch * shape.MiniBatch);
        (Q, K, Target, ZHat, R, Rough, G, ReadHat) = (
            new T[rows], new T[rows], new T[rows], new T[rows], new T[rows], new T[rows], new T[rows], new T[rows]);
        (Rates, Scales, ReadScales) = (new T[shape.MiniBatch], new T[shape.MiniBatch], new T[shape.MiniBatch]);
        (Meetings, Minus) = (new T[square], new T[square]);
    }

    /// <summary>n.</summary>
    public int Count { get; private set; }

    /// <summary>[n, F] rotated queries.</summary>
    public T[] Q { get; }

    /// <summary>[n, F] rotated keys.</summary>
    public T[] K { get; }

    /// <summary>[n, F] V − K.</summary>
    public T[] Target { get; }

    /// <summary>[n] λ.</summary>
    public T[] Rates { get; }

    /// <summary>[n, F] Ẑ.</summary>
    public T[] ZHat { get; }

    /// <summary>[n] 1 / σ of Z.</summary>
    public T[] Scales { get; }

    /// <summary>[n, F] r.</summary>
    public T[] R { get; }

    /// <summary>[n, F] g = γ ⊙ r.</summary>
    public T[] Rough { get; }

    /// <summary>[n, F] G.</summary>
    public T[] G { get; }

    /// <summary>[n, n] 1 + Q Kᵀ where k ≤ i.</summary>
    public T[] Meetings { get; }

    /// <summary>[n, n] −M, 0 where k > i.</summary>
    public T[] Minus { get; }

    /// <summary>[n, F] Z̄ normalised.</summary>
    public T[] ReadHat { get; }

    /// <summary>[n] 1 / σ of Z̄.</summary>
    public T[] ReadScales { get; }

    /// <summary>Reads and rotates the steps of a mini-batch.</summary>
    public void Load(TttLinearTensors<T> from, int row, int head, int chunk)
    {
        var (F, D, H) = (_shape.HeadWidth, _shape.Width, _shape.Heads);
        Count = _shape.Count(chunk);
        for (var i = 0; i < Count; i++)
        {
            var step = row * _shape.Steps + chunk * _shape.MiniBatch + i;
            var at = step * 3 * D + head * F;
            var key = K.AsSpan(i * F, F);
            var target = Target.AsSpan(i * F, F);
            _rotary.Rotate(from.Qkv.Slice(at, F), i, Q.AsSpan(i * F, F));
            _rotary.Rotate(from.Qkv.Slice(at + D, F), i, key);
            SmallRows<T>.Subtract(from.Qkv.Slice(at + 2 * D, F), key, target);
            Rates[i] = from.Rates[step * H + head];
        }
    }

    /// <summary>Everything from Z to Z̄ at the weights given.</summary>
    /// <param name="W">[F, F].</param>
    /// <param name="b">[F].</param>
    /// <param name="gamma">[F].</param>
    /// <param name="beta">[F].</param>
    /// <param name="tau">[b].</param>
    public void Evaluate(ReadOnlySpan<T> W, ReadOnlySpan<T> b, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, ReadOnlySpan<T> tau)
    {
        var (F, n) = (_shape.HeadWidth, Count);
        Affine(K, W, b, ZHat);
        for (var i = 0; i < n; i++)
        {
            var zHat = ZHat.AsSpan(i * F, F);
            var g = Rough.AsSpan(i * F, F);
            var gradient = G.AsSpan(i * F, F);
            Scales[i] = NormRows<T>.Normalize(zHat);
            NormRows<T>.Residual(zHat, Target.AsSpan(i * F, F), gamma, beta, R.AsSpan(i * F, F), g);
            g.CopyTo(gradient);
            NormRows<T>.Backward(gradient, zHat, Scales[i]);
        }

        Meet(tau);
        Affine(Q, W, b, ReadHat);
        SmallProducts<T>.Add(ReadHat, Minus, n, 1, G, n, n, F);
        for (var i = 0; i < n; i++) ReadScales[i] = NormRows<T>.Normalize(ReadHat.AsSpan(i * F, F));
    }

    /// <summary>W ← W − τ_n (diag(λ) K)ᵀ G, b ← b − τ_n λᵀ G. Spoils K.</summary>
    public void Write(Span<T> W, Span<T> b, T tau)
    {
        var (F, n) = (_shape.HeadWidth, Count);
        for (var i = 0; i < n; i++)
        {
            var rate = -tau * Rates[i];
            Rates[i] = rate;
            SmallRows<T>.Scale(K.AsSpan(i * F, F), rate);
        }

        SmallProducts<T>.Add(W, K, 1, F, G, F, n, F);
        SmallProducts<T>.Add(b, Rates, n, 1, G, 1, n, F);
    }

    private void Affine(ReadOnlySpan<T> X, ReadOnlySpan<T> W, ReadOnlySpan<T> b, Span<T> destination)
    {
        var F = _shape.HeadWidth;
        for (var i = 0; i < Count; i++) b.CopyTo(destination[(i * F)..]);
        SmallProducts<T>.Add(destination, X, F, 1, W, Count, F, F);
    }

    private void Meet(ReadOnlySpan<T> tau)
    {
        var (F, n) = (_shape.HeadWidth, Count);
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k <= i; k++)
            {
                var meeting = T.One + SmallProducts<T>.Dot(Q.AsSpan(i * F, F), K.AsSpan(k * F, F));
                Meetings[i * n + k] = meeting;
                Minus[i * n + k] = -tau[i] * Rates[k] * meeting;
            }

            Minus.AsSpan(i * n + i + 1, n - i - 1).Clear();
        }
    }
}
