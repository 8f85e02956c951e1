using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;

namespace Tandem.Device.Backbones;

/// <summary>A layer of GRU4Rec over a sequence, and its backward pass through time.</summary>
internal sealed class GruLayerGradient
{
    private readonly Workspace _workspace;
    private readonly int _hidden;       // H
    private readonly Slice _x;          // [N × I]
    private readonly Slice _fromInput;  // [N × 3 H]; in the backward pass their gradient
    private readonly Slice _fromHidden; // [N × 3 H]; a row's last H are read in the backward pass, before the gradient takes their place
    private readonly Slice _gates;      // [N × 3 H]
    private readonly Slice _states;     // [N + 1 × H]: zeros, then h after each event
    private readonly Slice _dHidden;    // [H]

    public GruLayerGradient(int inputs, int hidden, long events, Workspace workspace)
    {
        (_hidden, _workspace) = (hidden, workspace);
        _x = workspace.Reserve(events * inputs);
        var gates = events * 3 * hidden;
        (_fromInput, _fromHidden, _gates) = (workspace.Reserve(gates), workspace.Reserve(gates), workspace.Reserve(gates));
        (_states, _dHidden) = (workspace.Reserve((events + 1) * hidden), workspace.Reserve(hidden));
    }

    /// <param name="layer">Its projections.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × I].</param>
    /// <param name="y">[N × H], which may lie where <paramref name="x"/> lies.</param>
    public void Forward(
        (LinearLayer FromInput, LinearLayer FromHidden) layer, ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> y)
    {
        var (H, N) = (_hidden, y.Length / _hidden);
        var fromInput = _workspace.Of(_fromInput, N * 3 * H);
        var states = _workspace.Of(_states);
        x.CopyTo(_workspace.Of(_x));
        layer.FromInput.Apply(weights, x, fromInput);
        states[..H].Clear();
        for (var t = 0; t < N; t++)
        {
            var before = states.Slice(t * H, H);
            var fromHidden = Row(_fromHidden, t);
            layer.FromHidden.Apply(weights, before, fromHidden);
            GruCellGradient.Forward(fromInput.Slice(t * 3 * H, 3 * H), fromHidden, before, Row(_gates, t), states.Slice((t + 1) * H, H));
        }

        states.Slice(H, N * H).CopyTo(y);
    }

    /// <param name="layer">Its projections.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="dy">[N × H].</param>
    /// <param name="dx">[N × I], overwritten; may lie where <paramref name="dy"/> lies.</param>
    /// <param name="gradient">By the layout, added to.</param>
    public void Backward(
        (LinearLayer FromInput, LinearLayer FromHidden) layer, ReadOnlySpan<float> weights, ReadOnlySpan<float> dy, Span<float> dx,
        Span<float> gradient)
    {
        var (H, N) = (_hidden, dy.Length / _hidden);
        var states = _workspace.Of(_states);
        var dHidden = _workspace.Of(_dHidden);
        dHidden.Clear();
        for (var t = N - 1; t >= 0; t--)
        {
            var fromHidden = Row(_fromHidden, t);
            TensorPrimitives.Add(dHidden, dy.Slice(t * H, H), dHidden);
            GruCellGradient.Backward(
                Row(_gates, t), fromHidden[(2 * H)..], states.Slice(t * H, H), dHidden, Row(_fromInput, t), fromHidden);
            LinearGradient.AddInputs(layer.FromHidden, weights, fromHidden, dHidden);
        }

        LinearGradient.AddWeights(layer.FromHidden, states[..(N * H)], _workspace.Of(_fromHidden, N * 3 * H), gradient);
        LinearGradient.Backward(layer.FromInput, weights, _workspace.Of(_x, dx.Length), _workspace.Of(_fromInput, N * 3 * H), dx, gradient);
    }

    private Span<float> Row(Slice rows, int t) => _workspace.Of(rows).Slice(t * 3 * _hidden, 3 * _hidden);
}
