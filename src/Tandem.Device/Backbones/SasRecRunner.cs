using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>
/// SASRec. The state carries the keys and values of each block, [T × D] each. Only the last event's output is wanted, so the last
/// block computes queries and feed-forward for that event alone.
/// </summary>
internal sealed class SasRecRunner : Runner
{
    private readonly SasRecShape _shape;

    /// <param name="shape">Checked dimensions.</param>
    public SasRecRunner(SasRecShape shape) : base(shape)
    {
        _shape = shape;
        Position = Layout.Add("backbone.position", shape.Window, shape.Width);
        Blocks = [.. Enumerable.Range(0, shape.Blocks).Select(i => new SasRecBlockLayers(Layout, $"backbone.blocks.{i}", shape))];
        Norm = NormLayer.Add(Layout, "backbone.norm", shape.Width);
    }

    /// <summary>The shape of SASRec.</summary>
    public SasRecShape Dimensions => _shape;

    /// <summary>[T × D].</summary>
    public Slice Position { get; }

    public IReadOnlyList<SasRecBlockLayers> Blocks { get; }

    /// <summary>After the last block.</summary>
    public NormLayer Norm { get; }

    private int Tape => _shape.Window * _shape.Width;

    private int HiddenWidth => Math.Max(_shape.Width, _shape.Block == SasRecBlockForm.Ligr ? 2 * _shape.Inner : _shape.Inner);

    /// <inheritdoc/>
    public override bool CanLearn(LearnedPart part) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Slice> Part(LearnedPart part) => Layout.From(part switch
    {
        LearnedPart.Adapter => null,
        LearnedPart.LastBlock => $"backbone.blocks.{_shape.Blocks - 1}.attention_norm.weight",
        _ => "backbone.position",
    });

    /// <inheritdoc/>
    public override UserState CreateState() => new(
        carried: 2 * _shape.Blocks * Tape,
        scratch: 5 * Tape + _shape.Window * HiddenWidth + _shape.Window,
        _shape.Width,
        times: 0);

    /// <inheritdoc/>
    public override BackboneGradient CreateGradient(LearnedPart part, int events, Workspace workspace) =>
        new SasRecGradient(this, part, events, workspace);

    /// <inheritdoc/>
    protected override void Run(ReadOnlySpan<float> weights, UserState state, in EventSpan events)
    {
        var (D, N) = (_shape.Width, events.Count);
        var scratch = new BlockScratch(state.Scratch, N, D, HiddenWidth, _shape.Window);
        var positions = Position.Of(weights).Slice(state.Events * D, N * D);
        TensorPrimitives.MultiplyAdd(events.Rows, MathF.Sqrt(D), positions, scratch.X);
        for (var b = 0; b < Blocks.Count; b++)
        {
            var keys = state.Carried.Slice(2 * b * Tape, Tape);
            var values = state.Carried.Slice((2 * b + 1) * Tape, Tape);
            Run(weights, Blocks[b], scratch, keys, values, state.Events, onlyLast: b == Blocks.Count - 1);
        }

        Norm.Apply(weights, scratch.X[^D..], state.Output);
    }

    private void Run(
        ReadOnlySpan<float> weights, SasRecBlockLayers block, BlockScratch scratch, Span<float> keys, Span<float> values, int past,
        bool onlyLast)
    {
        var (D, N) = (_shape.Width, scratch.Rows);
        block.AttentionNorm.Apply(weights, scratch.X, scratch.Normed);
        block.Key.Apply(weights, scratch.Normed, keys.Slice(past * D, N * D));
        block.Value.Apply(weights, scratch.Normed, values.Slice(past * D, N * D));
        if (onlyLast) scratch = scratch.Last();
        var first = past + N - scratch.Rows;

        block.Query.Apply(weights, scratch.Normed, scratch.Query);
        for (var i = 0; i < scratch.Rows; i++) Attend(scratch, i, keys, values, first + i + 1);
        block.Output.Apply(weights, scratch.Mixed, scratch.Normed);
        if (_shape.Block == SasRecBlockForm.Ligr)
        {
            block.AttentionGate.Apply(weights, scratch.X, scratch.Gate);
            TensorPrimitives.Sigmoid(scratch.Gate, scratch.Gate);
            TensorPrimitives.MultiplyAdd(scratch.Gate, scratch.Normed, scratch.X, scratch.X);
        }
        else
        {
            TensorPrimitives.Add(scratch.X, scratch.Normed, scratch.X);
        }

        FeedForward(weights, block, scratch);
    }

    /// <summary>softmax(q Kᵀ / √F) V per head for row <paramref name="i"/>, over the first <paramref name="steps"/> events.</summary>
    private void Attend(BlockScratch scratch, int i, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int steps)
    {
        var (D, F) = (_shape.Width, _shape.Width / _shape.Heads);
        var scale = 1 / MathF.Sqrt(F);
        for (var from = 0; from < D; from += F)
        {
            Attention.Attend(
                scratch.Query.Slice(i * D + from, F), keys[from..], values[from..], steps, D, scale, scratch.Weights,
                scratch.Mixed.Slice(i * D + from, F));
        }
    }

    private void FeedForward(ReadOnlySpan<float> weights, SasRecBlockLayers block, BlockScratch scratch)
    {
        var inner = scratch.Rows * _shape.Inner;
        var hidden = scratch.Hidden[..(scratch.Rows * block.Expand.Outputs)];
        block.FeedForwardNorm.Apply(weights, scratch.X, scratch.Normed);
        block.Expand.Apply(weights, scratch.Normed, hidden);
        switch (_shape.Block)
        {
            case SasRecBlockForm.Relu: Activations.Relu(hidden, hidden); break;
            case SasRecBlockForm.Gelu: Activations.Gelu(hidden, hidden); break;
            case SasRecBlockForm.Ligr: SwiGlu(hidden, _shape.Inner); break;
        }

        block.Contract.Apply(weights, hidden[..inner], scratch.Mixed);
        if (_shape.Block != SasRecBlockForm.Ligr)
        {
            TensorPrimitives.Add(scratch.X, scratch.Mixed, scratch.X);
            return;
        }

        block.FeedForwardGate.Apply(weights, scratch.X, scratch.Gate);
        TensorPrimitives.Sigmoid(scratch.Gate, scratch.Gate);
        TensorPrimitives.MultiplyAdd(scratch.Gate, scratch.Mixed, scratch.X, scratch.X);
    }

    /// <summary>[N × 2 M] → [N × M] in place: row n lands before any row that is still to be read.</summary>
    private static void SwiGlu(Span<float> hidden, int inner)
    {
        for (var (from, to) = (0, 0); from < hidden.Length; from += 2 * inner, to += inner)
            Activations.SwiGlu(hidden.Slice(from, inner), hidden.Slice(from + inner, inner), hidden.Slice(to, inner));
    }

    /// <summary>Scratch for N rows.</summary>
    private readonly ref struct BlockScratch
    {
        private readonly int _width;

        public BlockScratch(Span<float> buffer, int rows, int width, int hiddenWidth, int window)
        {
            (_width, Rows) = (width, rows);
            var free = new Scratch(buffer);
            X = free.Take(rows * width);
            Normed = free.Take(rows * width);
            Query = free.Take(rows * width);
            Mixed = free.Take(rows * width);
            Gate = free.Take(rows * width);
            Hidden = free.Take(rows * hiddenWidth);
            Weights = free.Take(window);
        }

        /// <summary>N.</summary>
        public int Rows { get; init; }

        /// <summary>[N × D] the residual stream.</summary>
        public Span<float> X { get; init; }

        /// <summary>[N × D].</summary>
        public Span<float> Normed { get; init; }

        /// <summary>[N × D].</summary>
        public Span<float> Query { get; init; }

        /// <summary>[N × D].</summary>
        public Span<float> Mixed { get; init; }

        /// <summary>[N × D].</summary>
        public Span<float> Gate { get; init; }

        /// <summary>[N × inner widths].</summary>
        public Span<float> Hidden { get; }

        /// <summary>[T] attention weights of a row.</summary>
        public Span<float> Weights { get; }

        /// <summary>The last row alone.</summary>
        public BlockScratch Last() => this with
        {
            Rows = 1,
            X = X[^_width..],
            Normed = Normed[^_width..],
            Query = Query[^_width..],
            Mixed = Mixed[^_width..],
            Gate = Gate[^_width..],
        };
    }
}
