using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// DIN: Deep Interest Network for Click-Through Rate Prediction (Zhou et al., KDD 2018, arXiv 1706.06978). A target weighs each
/// item of the history by itself, so a user is another vector before each target: DIN scores, it does not encode, and is no
/// <see cref="Backbone"/>.
/// </summary>
/// <remarks>
/// a(h, t) = w · f(W [h, t, h − t, h ∘ t] + b) + c; u = Σ a(h, t) h, without a softmax, as the paper has it and its program has
/// not; score = MLP([u, t, u ∘ t]). The part of W that reads h − t adds nothing to those of h and of t, so it is left out, and
/// Wₕ h + Wₜ t + Wₚ (h ∘ t) = Wₕ h + (Wₜ + Wₚ ∘ h) t is one product with all targets, so nothing of the size
/// targets × steps × 4 D exists. Ours besides: f is PReLU with one slope a layer, for Dice makes a score depend on its batch;
/// u ∘ t; embeddings multiplied by √D; no biases of items, no features of users. The order of the history plays no part, as in the
/// paper.
/// </remarks>
public sealed class Din : nn.Module
{
    private const int TileElements = 1 << 20; // × 4 B: a tile's activations stay near the cache
    private const int LeastTile = 16;         // targets: narrower products are slow

    private readonly DinOptions _options;
    [ComponentName(Name = "items")] private readonly RowTable _items;
    [ComponentName(Name = "attention_history")] private readonly Linear _ofHistory;     // D → K
    [ComponentName(Name = "attention_target")] private readonly Linear _ofTarget;       // D → K
    [ComponentName(Name = "attention_product")] private readonly Linear _ofProduct;     // D → K
    [ComponentName(Name = "attention_slope")] private readonly Prelu _attentionSlope;
    [ComponentName(Name = "attention_output")] private readonly Linear _weigh;          // K → 1
    [ComponentName(Name = "hidden")] private readonly SlotLinear _hidden;               // 3 D → hidden
    [ComponentName(Name = "hidden_slope")] private readonly Prelu _hiddenSlope;
    [ComponentName(Name = "last_hidden")] private readonly SlotLinear _lastHidden;
    [ComponentName(Name = "last_hidden_slope")] private readonly Prelu _lastHiddenSlope;
    [ComponentName(Name = "output")] private readonly SlotLinear _output;               // last hidden → 1
    private readonly SeededDropout _dropout;

    /// <param name="items">V; ids are 1 … V, 0 is padding.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public Din(int items, DinOptions options, Noise noise) : base("din")
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        _options = options;
        var (width, attention) = (options.Width, options.AttentionHidden);
        _items = new RowTable(items + 1, width, SequenceModel.InitialDeviation);
        _ofHistory = Linears.XavierWithoutSlot(width, attention);
        _ofTarget = Linears.XavierWithoutSlot(width, attention, hasBias: false);
        _ofProduct = Linears.XavierWithoutSlot(width, attention, hasBias: false);
        _attentionSlope = new Prelu();
        _weigh = Linears.XavierWithoutSlot(attention, 1);
        _hidden = Linears.Xavier(3 * width, options.Hidden);
        _hiddenSlope = new Prelu();
        _lastHidden = Linears.Xavier(options.Hidden, options.LastHidden);
        _lastHiddenSlope = new Prelu();
        _output = Linears.Xavier(options.LastHidden, 1);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <summary>[V + 1, D]; row 0 is padding.</summary>
    public RowTable Items => _items;

    /// <summary>V.</summary>
    public int ItemCount => (int)_items.Weight.shape[0] - 1;

    /// <summary>The longest history, in items.</summary>
    public int Window => _options.Window;

    /// <summary>Widths.</summary>
    public DinOptions Options => _options;

    /// <summary>Scores of targets before histories, higher is better.</summary>
    /// <param name="history">[B, T, D] rows of <see cref="Items"/>.</param>
    /// <param name="mask">[B, T] float32, 1 where the history has an item, 0 where it is padding, anywhere.</param>
    /// <param name="targets">[B, N, D] rows of <see cref="Items"/>, or [N, D] for the same N before every history.</param>
    /// <returns>[B, N].</returns>
    public Tensor Score(Tensor history, Tensor mask, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var scale = Math.Sqrt(_options.Width);
        var h = history * mask.Times(scale).unsqueeze(2);                               // padding is 0 and adds 0 to u
        var own = _ofHistory.forward(h).flatten(1, 2).unsqueeze(2);                     // [B, T K, 1]: Wₕ h
        var mixed = addcmul(_ofTarget.weight!, h.unsqueeze(2), _ofProduct.weight!, One).flatten(1, 2); // [B, T K, D]: Wₜ + Wₚ ∘ h
        var (axis, N) = (targets.dim() - 2, targets.shape[^2]);
        var tile = Math.Max(TileElements / (own.shape[0] * own.shape[1]), LeastTile);
        var scores = new List<Tensor>();
        for (var first = 0L; first < N; first += tile)
        {
            var t = targets.narrow(axis, first, Math.Min(tile, N - first)).Times(scale);
            scores.Add(Answer(Read(h, own, mixed, t), t));
        }

        return cat(scores, dim: 1).MoveToOuterDisposeScope();
    }

    /// <summary>u, what the history says to each target, [B, N, D].</summary>
    private Tensor Read(Tensor h, Tensor own, Tensor mixed, Tensor t)
    {
        using var scope = NewDisposeScope();
        var (B, T, K, N) = (h.shape[0], h.shape[1], own.shape[1] / h.shape[1], t.shape[^2]);
        var z = t.dim() == 2
            ? addmm(own.flatten(0, 1), mixed.flatten(0, 1), t.t(), beta: 1, alpha: 1)   // one wide product for all rows
            : mixed.bmm(t.transpose(1, 2)).Plus(own); // TorchSharp 0.107's baddbmm takes its arguments in another order
        var w = _weigh.weight!.unsqueeze(0).expand(B * T, 1, K);
        var a = w.bmm(_attentionSlope.forward(z).view(B * T, K, N)).view(B, T, N).Plus(_weigh.bias!);
        return a.transpose(1, 2).matmul(h).MoveToOuterDisposeScope();
    }

    /// <summary>[B, N].</summary>
    private Tensor Answer(Tensor u, Tensor t)
    {
        using var scope = NewDisposeScope();
        var features = cat([u, t.expand(u.shape), u * t], dim: 2);                      // [B, N, 3 D]
        var x = _hiddenSlope.forward(_hidden.forward(_dropout.forward(features)));
        x = _lastHiddenSlope.forward(_lastHidden.forward(_dropout.forward(x)));
        return _output.forward(x).squeeze(2).MoveToOuterDisposeScope();
    }
}
