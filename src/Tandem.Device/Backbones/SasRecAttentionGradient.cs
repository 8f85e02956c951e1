using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>x += Attention(LN(x)) of a block of SASRec, and its backward pass.</summary>
internal sealed class SasRecAttentionGradient
{
    private readonly SasRecShape _shape;
    private readonly Workspace _workspace;
    private readonly SasRecScratch _scratch;
    private readonly GatedResidual? _gated;
    private readonly Slice _x;          // [N × D]
    private readonly Slice _normed;     // [N × D]
    private readonly Slice _qkv;        // [N × 3 D]
    private readonly Slice _weights;    // [H × N × N]
    private readonly Slice _mixed;      // [N × D]

    public SasRecAttentionGradient(SasRecShape shape, long events, Workspace workspace, SasRecScratch scratch)
    {
        (_shape, _workspace, _scratch) = (shape, workspace, scratch);
        var rows = events * shape.Width;
        (_x, _normed) = (workspace.Reserve(rows), workspace.Reserve(rows));
        (_qkv, _mixed) = (workspace.Reserve(3 * rows), workspace.Reserve(rows));
        _weights = workspace.Reserve(shape.Heads * events * events);
        if (shape.Block == SasRecBlockForm.Ligr) _gated = new(workspace, rows);
    }

    /// <param name="block">Its layers.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × D], changed in place.</param>
    public void Forward(SasRecBlockLayers block, ReadOnlySpan<float> weights, Span<float> x)
    {
        var normed = _workspace.Of(_normed, x.Length);
        var qkv = _workspace.Of(_qkv, 3 * x.Length);
        var mixed = _workspace.Of(_mixed, x.Length);
        x.CopyTo(_workspace.Of(_x));
        block.AttentionNorm.Apply(weights, x, normed);
        block.Qkv.Apply(weights, normed, qkv);
        for (var h = 0; h < _shape.Heads; h++) Head(h).Forward(qkv, Weights(h, x.Length), mixed);
        var added = _scratch.Added(x.Length);
        block.Output.Apply(weights, mixed, added);
        if (_gated is null) TensorPrimitives.Add(x, added, x);
        else _gated.Forward(block.AttentionGate, weights, added, x);
    }

    /// <param name="block">Its layers.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="dx">[N × D], the gradient of what <see cref="Forward"/> left; becomes that of what it took.</param>
    /// <param name="gradient">By the layout, added to.</param>
    public void Backward(SasRecBlockLayers block, ReadOnlySpan<float> weights, Span<float> dx, Span<float> gradient)
    {
        var dAdded = _scratch.Added(dx.Length);
        var dRows = _scratch.Rows(dx.Length);
        var dQkv = _scratch.Qkv(3 * dx.Length);
        if (_gated is null) dx.CopyTo(dAdded);
        else _gated.Backward(block.AttentionGate, weights, dx, dAdded, gradient);

        LinearGradient.Backward(block.Output, weights, _workspace.Of(_mixed, dx.Length), dAdded, dRows, gradient);
        dQkv.Clear();
        for (var h = 0; h < _shape.Heads; h++)
            Head(h).Backward(_workspace.Of(_qkv, dQkv.Length), Weights(h, dx.Length), dRows, dQkv, _scratch.Row);
        LinearGradient.Backward(block.Qkv, weights, _workspace.Of(_normed, dx.Length), dQkv, dRows, gradient);
        NormGradient.Backward(block.AttentionNorm, weights, _workspace.Of(_x, dx.Length), dRows, dx, gradient, _scratch.Row);
    }

    private CausalAttention Head(int h)
    {
        var F = _shape.Width / _shape.Heads;
        return new(_shape.Width, h * F, F);
    }

    private Span<float> Weights(int head, int elements)
    {
        var N = elements / _shape.Width;
        return _workspace.Of(_weights).Slice(head * N * N, N * N);
    }
}
