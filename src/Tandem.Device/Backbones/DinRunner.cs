using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>
/// DIN. The state carries the rows of the events times √D, h [T × D], and what the attention unit makes of them alone, Wₕ h + b
/// [T × K]. A score costs one pass over the history: K D multiplications for each pair of target and event.
/// </summary>
internal sealed class DinRunner : Runner
{
    /// <summary>Targets scored at once; their activations stay in the first cache.</summary>
    private const int Tile = 32;

    private const int MostRows = 256;

    private readonly DinShape _shape;

    /// <param name="shape">Checked dimensions.</param>
    public DinRunner(DinShape shape) : base(shape)
    {
        _shape = shape;
        var (D, K) = (shape.Width, shape.AttentionHidden);
        OfHistory = LinearLayer.Add(Layout, "attention_history", D, K);
        OfTarget = LinearLayer.Add(Layout, "attention_target", D, K, hasBias: false);
        OfProduct = LinearLayer.Add(Layout, "attention_product", D, K, hasBias: false);
        AttentionSlope = Layout.Add("attention_slope.weight", 1);
        Weigh = LinearLayer.Add(Layout, "attention_output", K, 1);
        Hidden = LinearLayer.Add(Layout, "hidden", 3 * D, shape.Hidden);
        HiddenSlope = Layout.Add("hidden_slope.weight", 1);
        LastHidden = LinearLayer.Add(Layout, "last_hidden", shape.Hidden, shape.LastHidden);
        LastHiddenSlope = Layout.Add("last_hidden_slope.weight", 1);
        Output = LinearLayer.Add(Layout, "output", shape.LastHidden, 1);
    }

    /// <summary>The shape of DIN.</summary>
    public DinShape Dimensions => _shape;

    /// <summary>D → K.</summary>
    public LinearLayer OfHistory { get; }

    /// <summary>D → K.</summary>
    public LinearLayer OfTarget { get; }

    /// <summary>D → K.</summary>
    public LinearLayer OfProduct { get; }

    /// <summary>[1], as the slopes below.</summary>
    public Slice AttentionSlope { get; }

    /// <summary>K → 1.</summary>
    public LinearLayer Weigh { get; }

    /// <summary>3 D → hidden.</summary>
    public LinearLayer Hidden { get; }

    public Slice HiddenSlope { get; }

    /// <summary>Hidden → last hidden.</summary>
    public LinearLayer LastHidden { get; }

    public Slice LastHiddenSlope { get; }

    /// <summary>Last hidden → 1.</summary>
    public LinearLayer Output { get; }

    /// <inheritdoc/>
    internal override bool ScoresByProduct => false;

    /// <inheritdoc/>
    public override int EventsAtOnce => Math.Min(_shape.Window, MostRows);

    private int RowsLength => AlignedFloats.RoundUp(_shape.Window * _shape.Width);

    /// <inheritdoc/>
    public override bool CanLearn(LearnedPart part) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Slice> Part(LearnedPart part) => Layout.From(part switch
    {
        LearnedPart.Adapter => null,
        LearnedPart.LastBlock => "hidden.weight",
        _ => "attention_history.weight",
    });

    /// <inheritdoc/>
    public override UserState CreateState()
    {
        var (D, K) = (_shape.Width, _shape.AttentionHidden);
        return new(
            carried: RowsLength + _shape.Window * K,
            scratch: K * D + Tile * (5 * D + K + 1 + _shape.Hidden + _shape.LastHidden),
            D,
            times: 0);
    }

    /// <inheritdoc/>
    protected override void Run(ReadOnlySpan<float> weights, UserState state, in EventSpan events)
    {
        var (D, K, N) = (_shape.Width, _shape.AttentionHidden, events.Count);
        var rows = state.Carried.Slice(state.Events * D, N * D);
        TensorPrimitives.Multiply(events.Rows, MathF.Sqrt(D), rows);
        OfHistory.Apply(weights, rows, state.Carried.Slice(RowsLength + state.Events * K, N * K));
    }

    /// <inheritdoc/>
    internal override void Score(ReadOnlySpan<float> weights, UserState state, ReadOnlySpan<float> rows, Span<float> scores)
    {
        var D = _shape.Width;
        for (var first = 0; first < scores.Length; first += Tile)
        {
            var scratch = new TileScratch(state.Scratch, Math.Min(Tile, scores.Length - first), _shape);
            TensorPrimitives.Multiply(rows.Slice(first * D, scratch.Rows * D), MathF.Sqrt(D), scratch.Targets);
            Read(weights, state, scratch);
            Answer(weights, scratch, scores.Slice(first, scratch.Rows));
        }
    }

    /// <summary>u = Σ a(h, t) h for each target, with the adapter's change.</summary>
    private void Read(ReadOnlySpan<float> weights, UserState state, TileScratch scratch)
    {
        var (D, K) = (_shape.Width, _shape.AttentionHidden);
        var ofTarget = OfTarget.Weight.Of(weights);
        var ofProduct = OfProduct.Weight.Of(weights);
        scratch.Interest.Clear();
        for (var t = 0; t < state.Events; t++)
        {
            var h = state.Carried.Slice(t * D, D);
            for (var from = 0; from < K * D; from += D)
                TensorPrimitives.MultiplyAdd(ofProduct.Slice(from, D), h, ofTarget.Slice(from, D), scratch.Mixed.Slice(from, D));
            MatrixProduct.TimesTransposed(scratch.Targets, scratch.Mixed, state.Carried.Slice(RowsLength + t * K, K), scratch.Attention);
            Activations.PRelu(scratch.Attention, AttentionSlope.Of(weights)[0], scratch.Attention);
            Weigh.Apply(weights, scratch.Attention, scratch.Weights);
            for (var n = 0; n < scratch.Rows; n++)
            {
                var u = scratch.Interest.Slice(n * D, D);
                TensorPrimitives.MultiplyAdd(h, scratch.Weights[n], u, u);
            }
        }

        for (var n = 0; n < scratch.Rows; n++) Adapter.Apply(weights, scratch.Interest.Slice(n * D, D));
    }

    /// <summary>MLP([u, t, u ∘ t]) of each target.</summary>
    private void Answer(ReadOnlySpan<float> weights, TileScratch scratch, Span<float> scores)
    {
        var D = _shape.Width;
        for (var n = 0; n < scratch.Rows; n++)
        {
            var u = scratch.Interest.Slice(n * D, D);
            var t = scratch.Targets.Slice(n * D, D);
            var row = scratch.Features.Slice(3 * n * D, 3 * D);
            u.CopyTo(row);
            t.CopyTo(row[D..]);
            TensorPrimitives.Multiply(u, t, row[(2 * D)..]);
        }

        Hidden.Apply(weights, scratch.Features, scratch.Hidden);
        Activations.PRelu(scratch.Hidden, HiddenSlope.Of(weights)[0], scratch.Hidden);
        LastHidden.Apply(weights, scratch.Hidden, scratch.LastHidden);
        Activations.PRelu(scratch.LastHidden, LastHiddenSlope.Of(weights)[0], scratch.LastHidden);
        Output.Apply(weights, scratch.LastHidden, scores);
    }

    /// <summary>Scratch for N targets.</summary>
    private readonly ref struct TileScratch
    {
        public TileScratch(Span<float> buffer, int rows, DinShape shape)
        {
            var D = shape.Width;
            var free = new Scratch(buffer);
            Rows = rows;
            Mixed = free.Take(shape.AttentionHidden * D);
            Targets = free.Take(rows * D);
            Interest = free.Take(rows * D);
            Features = free.Take(rows * 3 * D);
            Attention = free.Take(rows * shape.AttentionHidden);
            Hidden = free.Take(rows * shape.Hidden);
            LastHidden = free.Take(rows * shape.LastHidden);
            Weights = free.Take(rows);
        }

        /// <summary>N.</summary>
        public int Rows { get; }

        /// <summary>[K × D] Wₜ + Wₚ ∘ h of one event.</summary>
        public Span<float> Mixed { get; }

        /// <summary>[N × D] t.</summary>
        public Span<float> Targets { get; }

        /// <summary>[N × D] u.</summary>
        public Span<float> Interest { get; }

        /// <summary>[N × 3 D].</summary>
        public Span<float> Features { get; }

        /// <summary>[N × K].</summary>
        public Span<float> Attention { get; }

        public Span<float> Hidden { get; }

        public Span<float> LastHidden { get; }

        /// <summary>[N] a(h, t) of one event.</summary>
        public Span<float> Weights { get; }
    }
}
