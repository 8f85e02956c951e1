using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>
/// A TTT layer around its inner models: projections, rotation, mini-batch after mini-batch, and what follows the answers.
/// </summary>
internal sealed class TttLayer
{
    private const float Epsilon = 1e-6f;    // of the last norm, as in training

    private readonly TttShape _shape;
    private readonly TttRotation _rotation;
    private readonly TttInnerModel _inner;
    private readonly TttDecay? _decay;
    private readonly ColumnLayer _qkv;                  // D → 3 D; 2 D where queries and keys are one
    private readonly ConvolutionLayer _queryConvolution;
    private readonly ConvolutionLayer _keyConvolution;
    private readonly LinearLayer _rate;                 // D → H
    private readonly TttValueGate? _valueGate;
    private readonly Slice _scaleOffset;                // δ [b]
    private readonly NormLayer _norm;
    private readonly ColumnLayer _gate;
    private readonly ColumnLayer _output;

    /// <param name="layout">Receives the tensors.</param>
    /// <param name="name">Before them.</param>
    /// <param name="shape">Checked dimensions.</param>
    /// <param name="rotation">That of all blocks.</param>
    public TttLayer(ParameterLayout layout, string name, TttShape shape, TttRotation rotation)
    {
        var D = shape.Width;
        (_shape, _rotation) = (shape, rotation);
        _qkv = ColumnLayer.Add(layout, $"{name}.qkv", D, (shape.ShareQueryKey ? 2 : 3) * D);
        if (shape.ShareQueryKey)
        {
            _queryConvolution = ConvolutionLayer.Add(layout, $"{name}.query_convolution", D);
            _keyConvolution = ConvolutionLayer.Add(layout, $"{name}.key_convolution", D);
        }

        _rate = LinearLayer.Add(layout, $"{name}.rate", D, shape.Heads);
        if (shape.EventValues) _valueGate = new(layout, $"{name}.value_gate", shape.Heads);
        _scaleOffset = layout.Add($"{name}.scale_offset", shape.MiniBatch);
        _inner = TttInnerModel.Of(layout, $"{name}.inner", shape);
        if (shape.Decay) _decay = new TttDecay(layout, $"{name}.decay", shape);
        _norm = NormLayer.Add(layout, $"{name}.norm", D);
        if (shape.Gate) _gate = ColumnLayer.Add(layout, $"{name}.gate", D, D);
        _output = ColumnLayer.Add(layout, $"{name}.output", D, D);
    }

    /// <summary>Floats of weights and sums.</summary>
    public int MemoryLength => 2 * _shape.Heads * _inner.Length;

    /// <summary>Floats of scratch of the inner models.</summary>
    public int ScratchLength(int rows) => _inner.ScratchLength(rows);

    /// <summary>The memory before the first event.</summary>
    /// <param name="parameters">By the layout.</param>
    /// <param name="memory">Weights, then sums.</param>
    public void Begin(ReadOnlySpan<float> parameters, Span<float> memory)
    {
        _inner.Begin(parameters, memory[..(memory.Length / 2)]);
        memory[(memory.Length / 2)..].Clear();
    }

    /// <summary>Queries, keys, values and rates of the rows.</summary>
    /// <param name="parameters">By the layout.</param>
    /// <param name="scratch">Its normed rows are read.</param>
    /// <param name="tail">[3 × D] of the convolutions; empty where there are none.</param>
    /// <param name="span">Where the rows stand.</param>
    public void Project(ReadOnlySpan<float> parameters, in TttScratch scratch, Span<float> tail, in TttSpan span)
    {
        if (_shape.ShareQueryKey) ProjectShared(parameters, scratch, tail);
        else _qkv.Apply(parameters, scratch.Normed, scratch.Qkv);
        var D = _shape.Width;
        for (var row = 0; row < scratch.Rows; row++)
            _rotation.Rotate(scratch.Qkv.Slice(3 * row * D, 2 * D), (span.Place + row) % _shape.MiniBatch);

        _rate.Apply(parameters, scratch.Normed, scratch.Rates);
        Activations.Sigmoid(scratch.Rates, scratch.Rates);
        var scale = (float)(_shape.BaseRate / _shape.HeadWidth);
        foreach (ref var rate in scratch.Rates) rate *= scale;
        _valueGate?.Apply(parameters, span.Values, scratch.Rates);
    }

    /// <summary>Takes the rows through the memory, mini-batch by mini-batch.</summary>
    /// <param name="parameters">By the layout.</param>
    /// <param name="scratch">Receives the answers that are wanted.</param>
    /// <param name="memory">Weights, then sums.</param>
    /// <param name="span">Where the rows stand.</param>
    /// <param name="wanted">The first row whose answer is wanted.</param>
    public void Scan(ReadOnlySpan<float> parameters, in TttScratch scratch, Span<float> memory, in TttSpan span, int wanted)
    {
        var (D, H, b, began) = (_shape.Width, _shape.Heads, _shape.MiniBatch, span.Began);
        var weights = memory[..(memory.Length / 2)];
        var sums = memory[(memory.Length / 2)..];
        for (var (row, n) = (0, 0); row < scratch.Rows; row += n)
        {
            var place = (span.Place + row) % b;
            n = Math.Min(b - place, scratch.Rows - row);
            if (place == 0 && _decay is not null)
            {
                _decay.Forget(parameters, _inner, span.Times[row] - began, weights);
                began = span.Times[row];
            }

            var scales = scratch.Scales[..n];
            for (var i = 0; i < n; i++) scales[i] = Scale(parameters, place + i);
            _inner.Run(parameters, new TttChunk
            {
                Qkv = scratch.Qkv.Slice(3 * row * D, 3 * n * D),
                Rates = scratch.Rates.Slice(row * H, n * H),
                Scales = scales,
                Weights = weights,
                Sums = sums,
                Answers = scratch.Answers.Slice(row * D, n * D),
                Wanted = Math.Clamp(wanted - row, 0, n),
                IsFirst = place == 0,
                Scratch = scratch.Inner,
            });
            if (place + n == b) Descend(Scale(parameters, b - 1), weights, sums);
        }
    }

    /// <summary>x += W_o (LN(answers) ⊙ gelu(W_g normed)), the gate where there is one.</summary>
    /// <param name="parameters">By the layout.</param>
    /// <param name="scratch">Rows whose answers were wanted.</param>
    public void Output(ReadOnlySpan<float> parameters, in TttScratch scratch)
    {
        _norm.Apply(parameters, scratch.Answers, scratch.Answers, Epsilon);
        if (_shape.Gate)
        {
            _gate.Apply(parameters, scratch.Normed, scratch.Gate);
            Activations.GeluTanh(scratch.Gate, scratch.Gate);
            TensorPrimitives.Multiply(scratch.Answers, scratch.Gate, scratch.Answers);
        }

        _output.Apply(parameters, scratch.Answers, scratch.X, accumulate: true);
    }

    private void ProjectShared(ReadOnlySpan<float> parameters, in TttScratch scratch, Span<float> tail)
    {
        var D = _shape.Width;
        var shared = scratch.Shared;
        _qkv.Apply(parameters, scratch.Normed, shared);
        _queryConvolution.Apply(parameters, tail, shared, 2 * D, scratch.Qkv, 3 * D);
        _keyConvolution.Apply(parameters, tail, shared, 2 * D, scratch.Qkv[D..], 3 * D);
        for (var row = 0; row < scratch.Rows; row++) shared.Slice((2 * row + 1) * D, D).CopyTo(scratch.Qkv[((3 * row + 2) * D)..]);
        ConvolutionLayer.Remember(shared, 2 * D, tail);
    }

    /// <summary>τ of a place: max(1/i + δᵢ, 0), i from 1.</summary>
    private float Scale(ReadOnlySpan<float> parameters, int place) => _shape.Inner == TttInnerForm.LinearAttention
        ? 1
        : MathF.Max(1f / (place + 1) + _scaleOffset.Of(parameters)[place], 0);

    /// <summary>Ends a mini-batch: W ← W − τ_b S, S ← 0.</summary>
    private void Descend(float scale, Span<float> weights, Span<float> sums)
    {
        if (!_shape.Frozen) TensorPrimitives.MultiplyAdd(sums, -scale, weights, weights);
        sums.Clear();
    }
}
