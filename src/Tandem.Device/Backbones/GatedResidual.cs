using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;

namespace Tandem.Device.Backbones;

/// <summary>x += σ(G x + b) ∘ a of LiGR's blocks, and its backward pass.</summary>
internal sealed class GatedResidual
{
    private readonly Workspace _workspace;
    private readonly Slice _x;      // [N × D] before
    private readonly Slice _added;  // [N × D] a
    private readonly Slice _gate;   // [N × D] σ(G x + b)
    private readonly Slice _dGate;  // [N × D]

    public GatedResidual(Workspace workspace, long elements)
    {
        _workspace = workspace;
        (_x, _added) = (workspace.Reserve(elements), workspace.Reserve(elements));
        (_gate, _dGate) = (workspace.Reserve(elements), workspace.Reserve(elements));
    }

    /// <param name="layer">G and b.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="added">[N × D] a.</param>
    /// <param name="x">[N × D], changed in place.</param>
    public void Forward(LinearLayer layer, ReadOnlySpan<float> weights, ReadOnlySpan<float> added, Span<float> x)
    {
        x.CopyTo(_workspace.Of(_x));
        added.CopyTo(_workspace.Of(_added));
        var gate = _workspace.Of(_gate, x.Length);
        layer.Apply(weights, x, gate);
        TensorPrimitives.Sigmoid(gate, gate);
        TensorPrimitives.MultiplyAdd(gate, added, x, x);
    }

    /// <param name="layer">G and b.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="dx">[N × D] of the sum; becomes that of x, as far as it does not go through a.</param>
    /// <param name="dAdded">[N × D] of a, overwritten.</param>
    /// <param name="gradient">By the layout, added to.</param>
    public void Backward(LinearLayer layer, ReadOnlySpan<float> weights, Span<float> dx, Span<float> dAdded, Span<float> gradient)
    {
        var x = _workspace.Of(_x, dx.Length);
        var gate = _workspace.Of(_gate, dx.Length);
        var dGate = _workspace.Of(_dGate, dx.Length);
        TensorPrimitives.Multiply(dx, gate, dAdded);
        TensorPrimitives.Multiply(dx, _workspace.Of(_added, dx.Length), dGate);
        ActivationGradients.Sigmoid(gate, dGate);
        LinearGradient.AddWeights(layer, x, dGate, gradient);
        LinearGradient.AddInputs(layer, weights, dGate, dx);
    }
}
