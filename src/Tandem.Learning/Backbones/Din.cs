using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Text;
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
/// paper, but in weights that are made for each user: see <see cref="Numbers"/>.
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
    [ComponentName(Name = SequenceModel.ParametersName)] private readonly ParameterSource? _source;
    private readonly SeededDropout _dropout;
    private readonly WeightSlots _slots;

    /// <param name="items">V; ids are 1 … V, 0 is padding.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <param name="parameters">
    /// What makes weights for each user, of <c>hidden</c>, <c>last_hidden</c> and <c>output</c>; null, the default, for nothing.
    /// </param>
    /// <param name="terms">What items are like, where <paramref name="parameters"/> reads it; null, the default, for nothing.</param>
    /// <exception cref="ArgumentException">
    /// The options have faults, and the message lists them all; layers are named that cannot be changed; terms are missing or of another
    /// catalogue.
    /// </exception>
    public Din(int items, DinOptions options, Noise noise, ParameterOptions? parameters = null, ItemTerms? terms = null) : base("din")
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        if (terms is not null && terms.Items != items)
            throw new ArgumentException($"terms of {terms.Items} items for a model of {items}", nameof(terms));
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
        // The slots are found among registered layers, and the source is made for the slots.
        _slots = new WeightSlots(this);
        _source = ParameterSources.Build(parameters, _slots, [.. _slots.Names], width, terms, noise);
        if (_source is not null) register_module(SequenceModel.ParametersName, _source);
    }

    /// <summary>[V + 1, D]; row 0 is padding.</summary>
    public RowTable Items => _items;

    /// <summary>V.</summary>
    public int ItemCount => (int)_items.Weight.shape[0] - 1;

    /// <summary>The longest history, in items.</summary>
    public int Window => _options.Window;

    /// <summary>Widths.</summary>
    public DinOptions Options => _options;

    /// <summary>What makes weights for each user; null for nothing.</summary>
    public ParameterSource? Parameters => _source;

    /// <summary>The linear layers whose weights can be changed: those after the attention.</summary>
    public WeightSlots Slots => _slots;

    /// <inheritdoc cref="SequenceModel.StartFrom"/>
    public void StartFrom(ItemVectors start) => ItemStart.Fill(_items, start);

    /// <summary>What changes the weights of each history: what <see cref="Parameters"/> makes of its events, up to the last.</summary>
    /// <param name="history">[B, T, D] rows of <see cref="Items"/>, oldest first.</param>
    /// <param name="items">[B × T] the item ids of these rows, 0 for padding, which may stand on the right alone.</param>
    /// <returns>[B, S]; null where the model makes no weights.</returns>
    /// <exception cref="ArgumentException">Padding stands before an event, or the ids are not B × T.</exception>
    /// <remarks>A history without events is read as one of padding. A target is no part of it: the weights have not seen it.</remarks>
    public Tensor? Numbers(Tensor history, long[] items)
    {
        if (_source is null) return null;
        using var scope = NewDisposeScope();
        var (B, T) = (history.shape[0], history.shape[1]);
        var last = tensor(LastPlaces(items, (int)B, (int)T), device: history.device);
        var ids = _source.ReadsItems ? tensor(items, device: history.device).view(B, T) : null;
        return _source.Numbers(history, ids).flatten(0, 1).index_select(0, last).MoveToOuterDisposeScope();
    }

    /// <summary>Scores of targets before histories, higher is better.</summary>
    /// <param name="history">[B, T, D] rows of <see cref="Items"/>.</param>
    /// <param name="mask">[B, T] float32, 1 where the history has an item, 0 where it is padding, anywhere.</param>
    /// <param name="targets">[B, N, D] rows of <see cref="Items"/>, or [N, D] for the same N before every history.</param>
    /// <param name="numbers">
    /// [B, S] what changes the weights of each history, from <see cref="Numbers"/>, or zeros for the trained weights as they are; null, the
    /// default, where there are no <see cref="Parameters"/>.
    /// </param>
    /// <returns>[B, N].</returns>
    /// <exception cref="ArgumentException">There are numbers without <see cref="Parameters"/>, or none with them.</exception>
    public Tensor Score(Tensor history, Tensor mask, Tensor targets, Tensor? numbers = null)
    {
        using var scope = NewDisposeScope();
        using var changed = Change(numbers);
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

    private IDisposable? Change(Tensor? numbers)
    {
        if (_source is null && numbers is null) return null;
        if (_source is null)
            throw new ArgumentException("the model makes no weights of users; leave the numbers out", nameof(numbers));
        return _slots.Change(_source.Changes(numbers ?? throw new ArgumentException(
            "the model makes weights for each user; give the numbers that it makes of the histories", nameof(numbers))));
    }

    /// <summary>[B] places of the last events among B × T.</summary>
    private static long[] LastPlaces(long[] items, int rows, int steps)
    {
        if (items.Length != rows * steps)
            throw new ArgumentException($"{items.Length} item ids for {rows} histories of {steps} places", nameof(items));
        var last = new long[rows];
        for (var row = 0; row < rows; row++)
        {
            var own = items.AsSpan(row * steps, steps);
            var length = own.LastIndexOfAnyExcept(0) + 1;
            if (own[..length].Contains(0))
                throw new ArgumentException($"history {row} has padding before an event; put it on the right", nameof(items));
            last[row] = row * steps + Math.Max(length, 1) - 1;
        }

        return last;
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
