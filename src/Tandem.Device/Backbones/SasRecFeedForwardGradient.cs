using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>x += W₂ f(W₁ LN(x)) of a block of SASRec, and its backward pass.</summary>
internal sealed class SasRecFeedForwardGradient
{
    private readonly SasRecShape _shape;
    private readonly Workspace _workspace;
    private readonly SasRecScratch _scratch;
    private readonly GatedResidual? _gated;
    private readonly Slice _x;          // [N × D]
    private readonly Slice _normed;     // [N × D]
    private readonly Slice _hidden;     // [N × M] before f; of LiGR's blocks [N × 2 M]
    private readonly Slice _active;     // [N × M] after f

    public SasRecFeedForwardGradient(SasRecShape shape, long events, Workspace workspace, SasRecScratch scratch)
    {
        (_shape, _workspace, _scratch) = (shape, workspace, scratch);
        var isGated = shape.Block == SasRecBlockForm.Ligr;
        (_x, _normed) = (workspace.Reserve(events * shape.Width), workspace.Reserve(events * shape.Width));
        _hidden = workspace.Reserve(events * shape.Inner * (isGated ? 2 : 1));
        _active = workspace.Reserve(events * shape.Inner);
        if (isGated) _gated = new(workspace, events * shape.Width);
    }

    /// <param name="block">Its layers.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × D], changed in place.</param>
    public void Forward(SasRecBlockLayers block, ReadOnlySpan<float> weights, Span<float> x)
    {
        var N = x.Length / _shape.Width;
        var normed = _workspace.Of(_normed, x.Length);
        var hidden = Hidden(block, N);
        var active = _workspace.Of(_active, N * _shape.Inner);
        x.CopyTo(_workspace.Of(_x));
        block.FeedForwardNorm.Apply(weights, x, normed);
        block.Expand.Apply(weights, normed, hidden);
        Activate(hidden, active);
        var added = _scratch.Added(x.Length);
        block.Contract.Apply(weights, active, added);
        if (_gated is null) TensorPrimitives.Add(x, added, x);
        else _gated.Forward(block.FeedForwardGate, weights, added, x);
    }

    /// <inheritdoc cref="SasRecAttentionGradient.Backward"/>
    public void Backward(SasRecBlockLayers block, ReadOnlySpan<float> weights, Span<float> dx, Span<float> gradient)
    {
        var N = dx.Length / _shape.Width;
        var dAdded = _scratch.Added(dx.Length);
        var dRows = _scratch.Rows(dx.Length);
        var dActive = _scratch.Active(N * _shape.Inner);
        if (_gated is null) dx.CopyTo(dAdded);
        else _gated.Backward(block.FeedForwardGate, weights, dx, dAdded, gradient);

        LinearGradient.Backward(block.Contract, weights, _workspace.Of(_active, dActive.Length), dAdded, dActive, gradient);
        var dHidden = ActivateBackward(Hidden(block, N), dActive);
        LinearGradient.Backward(block.Expand, weights, _workspace.Of(_normed, dx.Length), dHidden, dRows, gradient);
        NormGradient.Backward(block.FeedForwardNorm, weights, _workspace.Of(_x, dx.Length), dRows, dx, gradient, _scratch.Row);
    }

    private void Activate(ReadOnlySpan<float> hidden, Span<float> active)
    {
        switch (_shape.Block)
        {
            case SasRecBlockForm.Relu:
                Activations.Relu(hidden, active);
                break;
            case SasRecBlockForm.Gelu:
                Activations.Gelu(hidden, active);
                break;
            default:
                var M = _shape.Inner;
                for (var at = 0; at < active.Length; at += M)
                    Activations.SwiGlu(hidden.Slice(2 * at, M), hidden.Slice(2 * at + M, M), active.Slice(at, M));
                break;
        }
    }

    /// <summary>The gradient before f, in the place of that after it, or in a wider one of LiGR's blocks.</summary>
    private Span<float> ActivateBackward(ReadOnlySpan<float> hidden, Span<float> dActive)
    {
        switch (_shape.Block)
        {
            case SasRecBlockForm.Relu:
                ActivationGradients.Relu(hidden, dActive);
                return dActive;
            case SasRecBlockForm.Gelu:
                ActivationGradients.Gelu(hidden, _workspace.Of(_active, dActive.Length), dActive);
                return dActive;
            default:
                var M = _shape.Inner;
                var dHidden = _scratch.Hidden(hidden.Length);
                for (var at = 0; at < dActive.Length; at += M)
                {
                    ActivationGradients.SwiGlu(
                        hidden.Slice(2 * at, M), hidden.Slice(2 * at + M, M), dActive.Slice(at, M),
                        dHidden.Slice(2 * at, M), dHidden.Slice(2 * at + M, M));
                }

                return dHidden;
        }
    }

    private Span<float> Hidden(SasRecBlockLayers block, int rows) => _workspace.Of(_hidden, rows * block.Expand.Outputs);
}
