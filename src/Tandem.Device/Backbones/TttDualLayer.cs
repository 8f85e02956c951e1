using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;

namespace Tandem.Device.Backbones;

/// <summary>
/// A layer x W + b of an inner model over the n events of a chunk, in dual form: what they read of each other's writes are matrix products,
/// without the weights of the single events. A chunk may begin anywhere in its mini-batch.
/// </summary>
internal readonly ref struct TttDualLayer
{
    private readonly int _outputs;
    private readonly ReadOnlySpan<float> _weight;       // W [I × O]
    private readonly ReadOnlySpan<float> _bias;         // b [O]
    private readonly Span<float> _weightSum;            // S [I × O]
    private readonly Span<float> _biasSum;              // s [O]
    private readonly ReadOnlySpan<float> _scales;       // τ [n]
    private readonly bool _isFirst;

    /// <param name="chunk">Whose memory it is a part of.</param>
    /// <param name="offset">Where the layer begins in weights and sums.</param>
    /// <param name="inputs">I.</param>
    /// <param name="outputs">O.</param>
    public TttDualLayer(in TttChunk chunk, int offset, int inputs, int outputs)
    {
        _outputs = outputs;
        _weight = chunk.Weights.Slice(offset, inputs * outputs);
        _bias = chunk.Weights.Slice(offset + inputs * outputs, outputs);
        _weightSum = chunk.Sums.Slice(offset, inputs * outputs);
        _biasSum = chunk.Sums.Slice(offset + inputs * outputs, outputs);
        _scales = chunk.Scales;
        _isFirst = chunk.IsFirst;
    }

    /// <summary>W.</summary>
    public ReadOnlySpan<float> Weight => _weight;

    /// <summary>Floats of scratch to each of n rows for <see cref="Read"/>.</summary>
    public static int ScratchWidth(int rows, int outputs) => Math.Max(rows, outputs);

    /// <summary>z = x W + b.</summary>
    /// <param name="x">[n × I].</param>
    /// <param name="z">[n × O].</param>
    public void Forward(ReadOnlySpan<float> x, Span<float> z)
    {
        for (var from = 0; from < z.Length; from += _outputs) _bias.CopyTo(z[from..]);
        MatrixProduct.Times(x, _weight, z, accumulate: true);
    }

    /// <summary>z̄ᵢ = x̄ᵢ W + b − τᵢ (x̄ᵢ S + s) − τᵢ Σ_{k ≤ i} (1 + ⟨x̄ᵢ, x_k⟩) g_k; the 1 is the bias's gradient.</summary>
    /// <param name="query">[n × I] x̄.</param>
    /// <param name="x">[n × I] that the events write by.</param>
    /// <param name="gradient">[n × O] g = λ G.</param>
    /// <param name="free">[n × <see cref="ScratchWidth"/>] overwritten.</param>
    /// <param name="z">[n × O] z̄.</param>
    public void Read(ReadOnlySpan<float> query, ReadOnlySpan<float> x, ReadOnlySpan<float> gradient, Scratch free, Span<float> z)
    {
        var n = _scales.Length;
        Forward(query, z);
        if (!_isFirst) ReadSums(query, free, z);
        var shares = free.Take(n * n);
        MatrixProduct.TimesTransposed(query, x, [], shares);
        for (var i = 0; i < n; i++)
        {
            var row = shares.Slice(i * n, n);
            for (var k = 0; k <= i; k++) row[k] = -_scales[i] * (1 + row[k]);
            row[(i + 1)..].Clear();
        }

        MatrixProduct.Times(shares, gradient, z, accumulate: true);
    }

    /// <summary>S += xᵀ g, s += Σ g.</summary>
    /// <param name="x">[n × I].</param>
    /// <param name="gradient">[n × O] g = λ G.</param>
    public void Write(ReadOnlySpan<float> x, ReadOnlySpan<float> gradient)
    {
        MatrixProduct.AddOuter(x, gradient, _weightSum);
        MatrixProduct.AddRows(gradient, _biasSum);
    }

    private void ReadSums(ReadOnlySpan<float> query, Scratch free, Span<float> z)
    {
        var read = free.Take(z.Length);
        MatrixProduct.Times(query, _weightSum, read);
        for (var i = 0; i < _scales.Length; i++)
        {
            var row = z.Slice(i * _outputs, _outputs);
            TensorPrimitives.MultiplyAdd(read.Slice(i * _outputs, _outputs), -_scales[i], row, row);
            TensorPrimitives.MultiplyAdd(_biasSum, -_scales[i], row, row);
        }
    }
}
