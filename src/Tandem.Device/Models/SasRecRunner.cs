using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Models;

/// <summary>
/// SASRec's forward pass without Torch: the equations of <c>Tandem.Learning.Backbones.SasRec</c> in evaluation, whole history at a
/// time. Only the last step's state is wanted, so the last block computes queries and feed-forward for that step alone.
/// </summary>
internal sealed class SasRecRunner
{
    private readonly BackboneShape _shape;
    private readonly float[] _position;     // [Window × D]
    private readonly Block[] _blocks;
    private readonly float[] _normGamma;    // [D]
    private readonly float[] _normBeta;
    private readonly float[] _x;            // [Window × D] residual stream
    private readonly float[] _keys;         // [Window × D]
    private readonly float[] _values;
    private readonly float[] _normed;       // [D], scratch from here on
    private readonly float[] _query;
    private readonly float[] _mixed;
    private readonly float[] _hidden;
    private readonly float[] _weights;      // [Window]

    /// <param name="shape">From the bundle's manifest.</param>
    /// <param name="weights">Tensors under the names of the training side.</param>
    /// <exception cref="SafetensorsException">A tensor is missing, has another shape, or a value that is not finite.</exception>
    public SasRecRunner(BackboneShape shape, SafetensorsFile weights)
    {
        _shape = shape;
        var (T, D) = (shape.Window, shape.Width);
        _position = weights.GetFinite("backbone.position", T, D);
        _blocks = [.. Enumerable.Range(0, shape.Blocks).Select(i => new Block(weights, $"backbone.blocks.{i}", D))];
        _normGamma = weights.GetFinite("backbone.norm.weight", D);
        _normBeta = weights.GetFinite("backbone.norm.bias", D);
        (_x, _keys, _values) = (new float[T * D], new float[T * D], new float[T * D]);
        (_normed, _query, _mixed, _hidden, _weights) = (new float[D], new float[D], new float[D], new float[D], new float[T]);
    }

    /// <summary>The state after the last event.</summary>
    /// <param name="history">1 … Window item ids, oldest first.</param>
    /// <param name="items">[(V + 1) × D] the item table.</param>
    /// <param name="state">[D].</param>
    public void Encode(ReadOnlySpan<int> history, ReadOnlySpan<float> items, Span<float> state)
    {
        var (T, D) = (history.Length, _shape.Width);
        var scale = MathF.Sqrt(D);
        for (var t = 0; t < T; t++)
            TensorPrimitives.MultiplyAdd(items.Slice(history[t] * D, D), scale, Row(_position, t), Row(_x, t));
        for (var b = 0; b < _blocks.Length; b++) Run(_blocks[b], T, onlyLast: b == _blocks.Length - 1);
        LayerNorm.Normalize(Row(_x, T - 1), _normGamma, _normBeta, state);
    }

    private void Run(Block block, int T, bool onlyLast)
    {
        for (var t = 0; t < T; t++)
        {
            LayerNorm.Normalize(Row(_x, t), block.AttentionGamma, block.AttentionBeta, _normed);
            MatrixVector.Multiply(block.KeyWeight, block.KeyBias, _normed, Row(_keys, t));
            MatrixVector.Multiply(block.ValueWeight, block.ValueBias, _normed, Row(_values, t));
        }

        // Keys and values of all steps are stored by now, so a step may overwrite its residual.
        for (var t = onlyLast ? T - 1 : 0; t < T; t++)
        {
            var x = Row(_x, t);
            LayerNorm.Normalize(x, block.AttentionGamma, block.AttentionBeta, _normed);
            MatrixVector.Multiply(block.QueryWeight, block.QueryBias, _normed, _query);
            Attend(t + 1);
            MatrixVector.Multiply(block.OutputWeight, block.OutputBias, _mixed, _hidden);
            TensorPrimitives.Add(x, _hidden, x);
            LayerNorm.Normalize(x, block.FeedForwardGamma, block.FeedForwardBeta, _normed);
            MatrixVector.Multiply(block.ExpandWeight, block.ExpandBias, _normed, _hidden);
            TensorPrimitives.Max(_hidden, 0f, _hidden);
            MatrixVector.Multiply(block.ContractWeight, block.ContractBias, _hidden, _mixed);
            TensorPrimitives.Add(x, _mixed, x);
        }
    }

    /// <summary>softmax(q Kᵀ / √F) V per head, over the first <paramref name="steps"/> steps, into <see cref="_mixed"/>.</summary>
    private void Attend(int steps)
    {
        var F = _shape.Width / _shape.Heads;
        var scale = 1 / MathF.Sqrt(F);
        var weights = _weights.AsSpan(0, steps);
        Array.Clear(_mixed);
        for (var from = 0; from < _shape.Width; from += F)
        {
            var query = _query.AsSpan(from, F);
            for (var t = 0; t < steps; t++) weights[t] = TensorPrimitives.Dot(query, Row(_keys, t).Slice(from, F)) * scale;
            // TensorPrimitives.SoftMax does not shift: a logit above 88 overflows its exponential and makes every weight NaN.
            TensorPrimitives.Subtract(weights, TensorPrimitives.Max<float>(weights), weights);
            TensorPrimitives.SoftMax(weights, weights);
            var mixed = _mixed.AsSpan(from, F);
            for (var t = 0; t < steps; t++) TensorPrimitives.MultiplyAdd(Row(_values, t).Slice(from, F), weights[t], mixed, mixed);
        }
    }

    private Span<float> Row(float[] matrix, int t) => matrix.AsSpan(t * _shape.Width, _shape.Width);

    private sealed class Block
    {
        public Block(SafetensorsFile weights, string name, int D)
        {
            AttentionGamma = weights.GetFinite($"{name}.attention_norm.weight", D);
            AttentionBeta = weights.GetFinite($"{name}.attention_norm.bias", D);
            var qkv = weights.GetFinite($"{name}.qkv.weight", 3 * D, D);
            var bias = weights.GetFinite($"{name}.qkv.bias", 3 * D);
            (QueryWeight, KeyWeight, ValueWeight) = (qkv[..(D * D)], qkv[(D * D)..(2 * D * D)], qkv[(2 * D * D)..]);
            (QueryBias, KeyBias, ValueBias) = (bias[..D], bias[D..(2 * D)], bias[(2 * D)..]);
            (OutputWeight, OutputBias) = Linear(weights, $"{name}.output", D);
            FeedForwardGamma = weights.GetFinite($"{name}.feed_forward_norm.weight", D);
            FeedForwardBeta = weights.GetFinite($"{name}.feed_forward_norm.bias", D);
            (ExpandWeight, ExpandBias) = Linear(weights, $"{name}.expand", D);
            (ContractWeight, ContractBias) = Linear(weights, $"{name}.contract", D);
        }

        public float[] AttentionGamma { get; }
        public float[] AttentionBeta { get; }
        public float[] QueryWeight { get; }
        public float[] QueryBias { get; }
        public float[] KeyWeight { get; }
        public float[] KeyBias { get; }
        public float[] ValueWeight { get; }
        public float[] ValueBias { get; }
        public float[] OutputWeight { get; }
        public float[] OutputBias { get; }
        public float[] FeedForwardGamma { get; }
        public float[] FeedForwardBeta { get; }
        public float[] ExpandWeight { get; }
        public float[] ExpandBias { get; }
        public float[] ContractWeight { get; }
        public float[] ContractBias { get; }

        private static (float[] Weight, float[] Bias) Linear(SafetensorsFile weights, string name, int D) =>
            (weights.GetFinite($"{name}.weight", D, D), weights.GetFinite($"{name}.bias", D));
    }
}
