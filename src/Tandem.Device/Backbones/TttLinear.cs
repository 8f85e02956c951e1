using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>
/// f(x) = x + LN(x W + b). Narrow heads and few events take the primal form, an event at a time over all heads; many events of wide heads
/// the dual, a head at a time by matrix products.
/// </summary>
internal sealed class TttLinear : TttInnerModel
{
    // Measured: below either, a kernel that is called costs more than the products that it saves.
    private const int FewestDualRows = 4;
    private const int NarrowestDualHead = 32;

    private readonly bool _isAttention;     // the control without a loss: G = k − v, W₀ = 0

    public TttLinear(ParameterLayout layout, string name, TttShape shape) : base(layout, name, shape)
    {
        _isAttention = shape.Inner == TttInnerForm.LinearAttention;
        Initial = _isAttention
            ? []
            : [layout.Add($"{name}.weight", Heads, HeadWidth, HeadWidth), layout.Add($"{name}.bias", Heads, 1, HeadWidth)];
    }

    private protected override Slice[] Initial { get; }

    /// <inheritdoc/>
    public override int ScratchLength(int rows) =>
        Math.Max(2 * Heads * HeadWidth, rows * (4 * HeadWidth + TttDualLayer.ScratchWidth(rows, HeadWidth)));

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<float> parameters, in TttChunk chunk)
    {
        if (chunk.Rows >= FewestDualRows && HeadWidth >= NarrowestDualHead)
        {
            for (var head = 0; head < Heads; head++) RunDual(parameters, chunk, head);
        }
        else
        {
            for (var row = 0; row < chunk.Rows; row++) Step(parameters, chunk, row);
        }
    }

    private void Step(ReadOnlySpan<float> parameters, in TttChunk chunk, int row)
    {
        var D = chunk.Width;
        var norm = Norm(parameters);
        var z = chunk.Scratch[..D];
        var y = chunk.Scratch.Slice(D, D);
        var q = chunk.Query(row);
        var k = chunk.Key(row);
        LinearMemory.Read(k, q, chunk.Weights, HeadWidth, z, y);
        Gradient(z, k, chunk.Value(row), norm, chunk.RowRates(row));
        LinearMemory.Write(k, q, z, chunk.Scales[row], chunk.Sums, HeadWidth, y);
        if (row >= chunk.Wanted) HeadNorm.Answer(y, q, norm, HeadWidth, chunk.Answer(row));
    }

    private void RunDual(ReadOnlySpan<float> parameters, in TttChunk chunk, int head)
    {
        var (n, F) = (chunk.Rows, HeadWidth);
        var free = new Scratch(chunk.Scratch);
        var Q = free.Take(n * F);
        var K = free.Take(n * F);
        var z = free.Take(n * F);
        var y = free.Take(n * F);
        chunk.CopyHead(head, Q, K);
        var norm = Norm(parameters).Head(head, F);
        var layer = new TttDualLayer(chunk, head * Length, F, F);
        layer.Forward(K, z);
        for (var row = 0; row < n; row++)
        {
            var value = chunk.Value(row).Slice(head * F, F);
            Gradient(z.Slice(row * F, F), K.Slice(row * F, F), value, norm, chunk.RowRates(row).Slice(head, 1));
        }

        if (chunk.Wanted < n) layer.Read(Q, K, z, free, y);
        layer.Write(K, z);
        for (var row = chunk.Wanted; row < n; row++)
            HeadNorm.Answer(y.Slice(row * F, F), Q.Slice(row * F, F), norm, F, chunk.Answer(row).Slice(head * F, F));
    }

    /// <summary>z ← λ G.</summary>
    private void Gradient(Span<float> z, ReadOnlySpan<float> k, ReadOnlySpan<float> v, HeadNormWeights norm, ReadOnlySpan<float> rates)
    {
        if (!_isAttention)
        {
            HeadNorm.Gradient(z, k, v, norm, rates);
            return;
        }

        TensorPrimitives.Subtract(k, v, z);
        for (var head = 0; head < rates.Length; head++)
        {
            var g = z.Slice(head * HeadWidth, HeadWidth);
            TensorPrimitives.Multiply(g, rates[head], g);
        }
    }
}
