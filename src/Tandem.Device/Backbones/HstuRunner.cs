using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>
/// HSTU. The state carries the keys [T × H A] and values [T × H L] of each block and the times of the events. Times are used where
/// the weights were learned with them.
/// </summary>
internal sealed class HstuRunner : Runner
{
    /// <summary>Of the norms inside blocks, as in training.</summary>
    public const float Epsilon = 1e-6f;

    private const float BucketWidth = 0.301f;    // as in training

    private readonly HstuShape _shape;
    private readonly int _attention;            // H A
    private readonly int _linear;               // H L

    /// <param name="shape">Checked dimensions.</param>
    public HstuRunner(HstuShape shape) : base(shape)
    {
        _shape = shape;
        (_attention, _linear) = (shape.Heads * shape.AttentionWidth, shape.Heads * shape.LinearWidth);
        Position = Layout.Add("backbone.position", shape.Window, shape.Width);
        Blocks = [.. Enumerable.Range(0, shape.Blocks).Select(i => new HstuBlockLayers(Layout, $"backbone.blocks.{i}", shape))];
        Norm = NormLayer.Add(Layout, "backbone.norm", shape.Width);
    }

    /// <summary>The shape of HSTU.</summary>
    public HstuShape Dimensions => _shape;

    /// <summary>[T × D].</summary>
    public Slice Position { get; }

    public IReadOnlyList<HstuBlockLayers> Blocks { get; }

    /// <summary>After the last block.</summary>
    public NormLayer Norm { get; }

    private int CarriedPerBlock => _shape.Window * (_attention + _linear);

    /// <inheritdoc/>
    public override bool CanLearn(LearnedPart part) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Slice> Part(LearnedPart part) => Layout.From(part switch
    {
        LearnedPart.Adapter => null,
        LearnedPart.LastBlock => $"backbone.blocks.{_shape.Blocks - 1}.uvqk.weight",
        _ => "backbone.position",
    });

    /// <inheritdoc/>
    public override UserState CreateState() => new(
        carried: _shape.Blocks * CarriedPerBlock,
        scratch: _shape.Window * (2 * _shape.Width + 2 * _linear + _attention + 2),
        _shape.Width,
        _shape.Window);

    /// <inheritdoc/>
    public override BackboneGradient CreateGradient(LearnedPart part, int events, Workspace workspace) =>
        new HstuGradient(this, part, events, workspace);

    /// <inheritdoc/>
    protected override void Run(ReadOnlySpan<float> weights, UserState state, in EventSpan events)
    {
        var (D, N) = (_shape.Width, events.Count);
        events.Times.CopyTo(state.Times[state.Events..]);
        var scratch = new BlockScratch(state.Scratch, N, D, _linear, _attention, _shape.Window);
        TensorPrimitives.MultiplyAdd(events.Rows, MathF.Sqrt(D), Position.Of(weights).Slice(state.Events * D, N * D), scratch.X);
        for (var b = 0; b < Blocks.Count; b++)
        {
            var carried = state.Carried.Slice(b * CarriedPerBlock, CarriedPerBlock);
            Run(weights, Blocks[b], scratch, state, carried, onlyLast: b == Blocks.Count - 1);
        }

        Norm.Apply(weights, scratch.X[^D..], state.Output);
    }

    private void Run(
        ReadOnlySpan<float> weights, HstuBlockLayers block, BlockScratch scratch, UserState state, Span<float> carried, bool onlyLast)
    {
        var (past, N) = (state.Events, scratch.Rows);
        var keys = carried[..(_shape.Window * _attention)];
        var values = carried[(_shape.Window * _attention)..];
        var newKeys = keys.Slice(past * _attention, N * _attention);
        var newValues = values.Slice(past * _linear, N * _linear);
        Normalize(scratch.X, _shape.Width, scratch.Normed);
        block.Value.Apply(weights, scratch.Normed, newValues);
        block.Key.Apply(weights, scratch.Normed, newKeys);
        Activations.Silu(newValues, newValues);
        Activations.Silu(newKeys, newKeys);
        if (onlyLast) scratch = scratch.Last();

        block.Gate.Apply(weights, scratch.Normed, scratch.Gate);
        block.Query.Apply(weights, scratch.Normed, scratch.Query);
        Activations.Silu(scratch.Gate, scratch.Gate);
        Activations.Silu(scratch.Query, scratch.Query);
        for (var i = 0; i < scratch.Rows; i++)
            Attend(weights, block, scratch, i, state.Times, keys, values, past + N - scratch.Rows + i + 1);

        Normalize(scratch.Mixed, _linear, scratch.Mixed);
        TensorPrimitives.Multiply(scratch.Mixed, scratch.Gate, scratch.Mixed);
        block.Output.Apply(weights, scratch.Mixed, scratch.Normed);
        TensorPrimitives.Add(scratch.X, scratch.Normed, scratch.X);
    }

    /// <summary>
    /// Σ silu(⟨q, kⱼ⟩ + bias) vⱼ / T per head for row <paramref name="i"/>, over the first <paramref name="steps"/> events.
    /// </summary>
    private void Attend(
        ReadOnlySpan<float> weights, HstuBlockLayers block, BlockScratch scratch, int i, ReadOnlySpan<long> times,
        ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int steps)
    {
        var bias = scratch.Bias[..steps];
        var places = block.PositionBias.Of(weights);
        var buckets = block.TimeBias.Of(weights);
        for (var j = 0; j < steps; j++) bias[j] = places[steps - 1 - j];
        if (_shape.UsesTimes)
        {
            for (var j = 0; j < steps; j++) bias[j] += buckets[Bucket(times[steps - 1], times[j])];
        }

        var (A, L) = (_shape.AttentionWidth, _shape.LinearWidth);
        for (var h = 0; h < _shape.Heads; h++)
        {
            Attention.AttendSilu(
                scratch.Query.Slice(i * _attention + h * A, A), keys[(h * A)..], values[(h * L)..], steps, _attention, _linear, bias,
                1f / _shape.Window, scratch.Weights, scratch.Mixed.Slice(i * _linear + h * L, L));
        }
    }

    /// <summary>⌊ln(max(1, |Δt|)) / 0.301⌋, rounded as training rounds it.</summary>
    public int Bucket(long time, long earlier)
    {
        var apart = (float)Math.Max(1, Math.Abs((double)time - earlier));
        return Math.Min((int)(MathF.Log(apart) / BucketWidth), _shape.TimeBuckets - 1);
    }

    private static void Normalize(ReadOnlySpan<float> x, int width, Span<float> y)
    {
        for (var from = 0; from < x.Length; from += width) LayerNorm.Normalize(x.Slice(from, width), [], [], y.Slice(from, width), Epsilon);
    }

    /// <summary>Scratch for N rows.</summary>
    private readonly ref struct BlockScratch
    {
        private readonly int _width;
        private readonly int _linear;
        private readonly int _attention;

        public BlockScratch(Span<float> buffer, int rows, int width, int linear, int attention, int window)
        {
            (_width, _linear, _attention, Rows) = (width, linear, attention, rows);
            var free = new Scratch(buffer);
            X = free.Take(rows * width);
            Normed = free.Take(rows * width);
            Gate = free.Take(rows * linear);
            Mixed = free.Take(rows * linear);
            Query = free.Take(rows * attention);
            Bias = free.Take(window);
            Weights = free.Take(window);
        }

        /// <summary>N.</summary>
        public int Rows { get; init; }

        /// <summary>[N × D] the residual stream.</summary>
        public Span<float> X { get; init; }

        /// <summary>[N × D].</summary>
        public Span<float> Normed { get; init; }

        /// <summary>[N × H L].</summary>
        public Span<float> Gate { get; init; }

        /// <summary>[N × H L].</summary>
        public Span<float> Mixed { get; init; }

        /// <summary>[N × H A].</summary>
        public Span<float> Query { get; init; }

        /// <summary>[T] of a row.</summary>
        public Span<float> Bias { get; }

        /// <summary>[T] of a row.</summary>
        public Span<float> Weights { get; }

        /// <summary>The last row alone.</summary>
        public BlockScratch Last() => this with
        {
            Rows = 1,
            X = X[^_width..],
            Normed = Normed[^_width..],
            Gate = Gate[^_linear..],
            Mixed = Mixed[^_linear..],
            Query = Query[^_attention..],
        };
    }
}
