using System.Numerics.Tensors;

namespace Tandem.Device.Kernels;

/// <summary>
/// One head of Σ silu(⟨q, kⱼ⟩ + bias) vⱼ / T over all events at once, where an event reads itself and those before it. Keeps the
/// scores, for the backward pass needs them.
/// </summary>
/// <param name="width">Of a row that holds queries, keys and values somewhere.</param>
/// <param name="query">The head's first query column; so for <paramref name="key"/> and <paramref name="value"/>.</param>
/// <param name="key">First key column.</param>
/// <param name="value">First value column.</param>
/// <param name="size">A.</param>
/// <param name="valueSize">L.</param>
/// <param name="factor">1 / T.</param>
internal readonly struct CausalSiluAttention(int width, int query, int key, int value, int size, int valueSize, float factor)
{
    /// <param name="rows">[N × width].</param>
    /// <param name="bias">[N × N], of which the lower triangle is read.</param>
    /// <param name="scores">[N × N], of which the lower triangle is written: ⟨q, k⟩ + bias.</param>
    /// <param name="mixed">[N × any], whose row is as wide as all heads together.</param>
    /// <param name="from">The head's first column of <paramref name="mixed"/>.</param>
    public void Forward(ReadOnlySpan<float> rows, ReadOnlySpan<float> bias, Span<float> scores, Span<float> mixed, int from)
    {
        var N = rows.Length / width;
        for (var i = 0; i < N; i++)
        {
            var q = rows.Slice(i * width + query, size);
            var y = mixed.Slice(i * (mixed.Length / N) + from, valueSize);
            y.Clear();
            for (var j = 0; j <= i; j++)
            {
                var s = TensorPrimitives.Dot(q, rows.Slice(j * width + key, size)) + bias[i * N + j];
                scores[i * N + j] = s;
                TensorPrimitives.MultiplyAdd(rows.Slice(j * width + value, valueSize), s / (1 + MathF.Exp(-s)) * factor, y, y);
            }
        }
    }

    /// <summary>ds = silu'(s) ⟨dy, v⟩ / T; dq = Σ ds k; dk += ds q; dv += silu(s) dy / T.</summary>
    /// <param name="rows">[N × width].</param>
    /// <param name="scores">[N × N] from <see cref="Forward"/>.</param>
    /// <param name="dMixed">[N × any].</param>
    /// <param name="from">The head's first column of <paramref name="dMixed"/>.</param>
    /// <param name="dRows">[N × width], added to.</param>
    /// <param name="dBias">[N × N], whose lower triangle is added to.</param>
    public void Backward(
        ReadOnlySpan<float> rows, ReadOnlySpan<float> scores, ReadOnlySpan<float> dMixed, int from, Span<float> dRows, Span<float> dBias)
    {
        var N = rows.Length / width;
        for (var i = 0; i < N; i++)
        {
            var q = rows.Slice(i * width + query, size);
            var dq = dRows.Slice(i * width + query, size);
            var dy = dMixed.Slice(i * (dMixed.Length / N) + from, valueSize);
            for (var j = 0; j <= i; j++)
            {
                var s = scores[i * N + j];
                var dk = dRows.Slice(j * width + key, size);
                var dv = dRows.Slice(j * width + value, valueSize);
                TensorPrimitives.MultiplyAdd(dy, s / (1 + MathF.Exp(-s)) * factor, dv, dv);
                var ds = TensorPrimitives.Dot(dy, rows.Slice(j * width + value, valueSize)) * factor * ActivationGradients.SiluSlope(s);
                dBias[i * N + j] += ds;
                TensorPrimitives.MultiplyAdd(rows.Slice(j * width + key, size), ds, dq, dq);
                TensorPrimitives.MultiplyAdd(q, ds, dk, dk);
            }
        }
    }
}
