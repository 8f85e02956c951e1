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
    public override BackboneGradient CreateGradient(LearnedPart part, int events, Workspace room) =>
        new SasRecGradient(this, part, events, room);

    /// <inheritdoc/>
    protected override void Run(ReadOnlySpan<float> weights, UserState state, in EventSpan events)
    {
        var (D, N) = (_shape.Width, events.Count);
        var room = new Room(state.Scratch, N, D, HiddenWidth, _shape.Window);
        var positions = Position.Of(weights).Slice(state.Events * D, N * D);
        TensorPrimitives.MultiplyAdd(events.Rows, MathF.Sqrt(D), positions, room.X);
        for (var b = 0; b < Blocks.Count; b++)
        {
            var keys = state.Carried.Slice(2 * b * Tape, Tape);
            var values = state.Carried.Slice((2 * b + 1) * Tape, Tape);
            Run(weights, Blocks[b], room, keys, values, state.Events, onlyLast: b == Blocks.Count - 1);
        }

        Norm.Apply(weights, room.X[^D..], state.Output);
    }

    private void Run(
        ReadOnlySpan<float> weights, SasRecBlockLayers block, Room room, Span<float> keys, Span<float> values, int past, bool onlyLast)
    {
        var (D, N) = (_shape.Width, room.Rows);
        block.AttentionNorm.Apply(weights, room.X, room.Normed);
        block.Key.Apply(weights, room.Normed, keys.Slice(past * D, N * D));
        block.Value.Apply(weights, room.Normed, values.Slice(past * D, N * D));
        if (onlyLast) room = room.Last();
        var first = past + N - room.Rows;

        block.Query.Apply(weights, room.Normed, room.Query);
        for (var i = 0; i < room.Rows; i++) Attend(room, i, keys, values, first + i + 1);
        block.Output.Apply(weights, room.Mixed, room.Normed);
        if (_shape.Block == SasRecBlockForm.Ligr)
        {
            block.AttentionGate.Apply(weights, room.X, room.Gate);
            TensorPrimitives.Sigmoid(room.Gate, room.Gate);
            TensorPrimitives.MultiplyAdd(room.Gate, room.Normed, room.X, room.X);
        }
        else
        {
            TensorPrimitives.Add(room.X, room.Normed, room.X);
        }

        FeedForward(weights, block, room);
    }

    /// <summary>softmax(q Kᵀ / √F) V per head for row <paramref name="i"/>, over the first <paramref name="steps"/> events.</summary>
    private void Attend(Room room, int i, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int steps)
    {
        var (D, F) = (_shape.Width, _shape.Width / _shape.Heads);
        var scale = 1 / MathF.Sqrt(F);
        for (var from = 0; from < D; from += F)
        {
            Attention.Attend(
                room.Query.Slice(i * D + from, F), keys[from..], values[from..], steps, D, scale, room.Weights, room.Mixed.Slice(i * D + from, F));
        }
    }

    private void FeedForward(ReadOnlySpan<float> weights, SasRecBlockLayers block, Room room)
    {
        var inner = room.Rows * _shape.Inner;
        var hidden = room.Hidden[..(room.Rows * block.Expand.Outputs)];
        block.FeedForwardNorm.Apply(weights, room.X, room.Normed);
        block.Expand.Apply(weights, room.Normed, hidden);
        switch (_shape.Block)
        {
            case SasRecBlockForm.Relu: Activations.Relu(hidden, hidden); break;
            case SasRecBlockForm.Gelu: Activations.Gelu(hidden, hidden); break;
            case SasRecBlockForm.Ligr: SwiGlu(hidden, _shape.Inner); break;
        }

        block.Contract.Apply(weights, hidden[..inner], room.Mixed);
        if (_shape.Block != SasRecBlockForm.Ligr)
        {
            TensorPrimitives.Add(room.X, room.Mixed, room.X);
            return;
        }

        block.FeedForwardGate.Apply(weights, room.X, room.Gate);
        TensorPrimitives.Sigmoid(room.Gate, room.Gate);
        TensorPrimitives.MultiplyAdd(room.Gate, room.Mixed, room.X, room.X);
    }

    /// <summary>[N × 2 M] → [N × M] in place: row n lands before any row that is still to be read.</summary>
    private static void SwiGlu(Span<float> hidden, int inner)
    {
        for (var (from, to) = (0, 0); from < hidden.Length; from += 2 * inner, to += inner)
            Activations.SwiGlu(hidden.Slice(from, inner), hidden.Slice(from + inner, inner), hidden.Slice(to, inner));
    }

    /// <summary>Scratch for N rows.</summary>
    private readonly ref struct Room
    {
        private readonly int _width;

        public Room(Span<float> scratch, int rows, int width, int hiddenWidth, int window)
        {
            (_width, Rows) = (width, rows);
            var free = new Scratch(scratch);
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
        public Room Last() => this with
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
