using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>x += W (norm(attention) ∘ u) + b of a block of HSTU, and its backward pass.</summary>
internal sealed class HstuBlockGradient
{
    private readonly HstuShape _shape;
    private readonly Workspace _workspace;
    private readonly HstuBias _bias;
    private readonly HstuScratch _scratch;
    private readonly int _linear;       // H L
    private readonly int _attention;    // H A
    private readonly Slice _x;          // [N × D]
    private readonly Slice _normed;     // [N × D]
    private readonly Slice _before;     // [N × 2 H (L + A)] before silu
    private readonly Slice _uvqk;       // the same after silu
    private readonly Slice _scores;     // [H × N × N]
    private readonly Slice _mixed;      // [N × H L] what attention read
    private readonly Slice _mixedUnit;  // [N × H L] normalised
    private readonly Slice _gated;      // [N × H L] times u

    public HstuBlockGradient(HstuShape shape, long events, Workspace workspace, HstuBias bias, HstuScratch scratch)
    {
        (_shape, _workspace, _bias, _scratch) = (shape, workspace, bias, scratch);
        (_linear, _attention) = (shape.Heads * shape.LinearWidth, shape.Heads * shape.AttentionWidth);
        (_x, _normed) = (workspace.Reserve(events * shape.Width), workspace.Reserve(events * shape.Width));
        (_before, _uvqk) = (workspace.Reserve(events * Width), workspace.Reserve(events * Width));
        _scores = workspace.Reserve(shape.Heads * events * events);
        (_mixed, _mixedUnit) = (workspace.Reserve(events * _linear), workspace.Reserve(events * _linear));
        _gated = workspace.Reserve(events * _linear);
    }

    private int Width => 2 * (_linear + _attention);

    /// <param name="block">Its layers.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × D], changed in place.</param>
    public void Forward(HstuBlockLayers block, ReadOnlySpan<float> weights, Span<float> x)
    {
        var N = x.Length / _shape.Width;
        var normed = _workspace.Of(_normed, x.Length);
        var before = _workspace.Of(_before, N * Width);
        var uvqk = _workspace.Of(_uvqk, N * Width);
        var mixed = _workspace.Of(_mixed, N * _linear);
        var gated = _workspace.Of(_gated, N * _linear);
        x.CopyTo(_workspace.Of(_x));
        Normalize(x, _shape.Width, normed);
        block.Uvqk.Apply(weights, normed, before);
        Activations.Silu(before, uvqk);
        var bias = _bias.Of(block, weights);
        for (var h = 0; h < _shape.Heads; h++) Head(h).Forward(uvqk, bias, Scores(h, N), mixed, h * _shape.LinearWidth);
        var unit = _workspace.Of(_mixedUnit, mixed.Length);
        Normalize(mixed, _linear, unit);
        for (var n = 0; n < N; n++) TensorPrimitives.Multiply(Row(unit, n), Gate(uvqk, n), Row(gated, n));
        var added = _scratch.Rows(x.Length);
        block.Output.Apply(weights, gated, added);
        TensorPrimitives.Add(x, added, x);
    }

    /// <inheritdoc cref="SasRecAttentionGradient.Backward"/>
    public void Backward(HstuBlockLayers block, ReadOnlySpan<float> weights, Span<float> dx, Span<float> gradient)
    {
        var N = dx.Length / _shape.Width;
        var uvqk = _workspace.Of(_uvqk, N * Width);
        var dUvqk = _scratch.Uvqk(N * Width);
        var dGated = _scratch.Gated(N * _linear);
        LinearGradient.Backward(block.Output, weights, _workspace.Of(_gated, dGated.Length), dx, dGated, gradient);
        dUvqk.Clear();
        for (var n = 0; n < N; n++)
        {
            TensorPrimitives.Multiply(Row(dGated, n), Row(_workspace.Of(_mixedUnit), n), Gate(dUvqk, n));
            TensorPrimitives.Multiply(Row(dGated, n), Gate(uvqk, n), Row(dGated, n));
        }

        var dMixed = _scratch.Mixed(dGated.Length);
        dMixed.Clear();
        NormalizeBackward(_workspace.Of(_mixed, dGated.Length), _linear, dGated, dMixed);
        var dBias = _bias.Clear();
        for (var h = 0; h < _shape.Heads; h++) Head(h).Backward(uvqk, Scores(h, N), dMixed, h * _shape.LinearWidth, dUvqk, dBias);
        _bias.AddGradient(block, gradient);

        ActivationGradients.Silu(_workspace.Of(_before, dUvqk.Length), dUvqk);
        var dNormed = _scratch.Rows(dx.Length);
        LinearGradient.Backward(block.Uvqk, weights, _workspace.Of(_normed, dx.Length), dUvqk, dNormed, gradient);
        NormalizeBackward(_workspace.Of(_x, dx.Length), _shape.Width, dNormed, dx);
    }

    private CausalSiluAttention Head(int h)
    {
        var (A, L) = (_shape.AttentionWidth, _shape.LinearWidth);
        var query = 2 * _linear + h * A;
        return new(Width, query, key: query + _attention, value: _linear + h * L, A, L, 1f / _shape.Window);
    }

    private Span<float> Scores(int head, int rows) => _workspace.Of(_scores).Slice(head * rows * rows, rows * rows);

    private Span<float> Row(Span<float> rows, int n) => rows.Slice(n * _linear, _linear);

    private Span<float> Gate(Span<float> uvqk, int n) => uvqk.Slice(n * Width, _linear);

    private static void Normalize(ReadOnlySpan<float> x, int width, Span<float> y)
    {
        for (var from = 0; from < x.Length; from += width)
            LayerNorm.Normalize(x.Slice(from, width), [], [], y.Slice(from, width), HstuRunner.Epsilon);
    }

    private void NormalizeBackward(ReadOnlySpan<float> x, int width, Span<float> dy, Span<float> dx)
    {
        for (var from = 0; from < x.Length; from += width)
        {
            LayerNormGradient.Backward(
                x.Slice(from, width), [], dy.Slice(from, width), dx.Slice(from, width), [], [], _scratch.Row, HstuRunner.Epsilon);
        }
    }
}
