using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Text;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// A sequential recommender: an item table around a <see cref="Backbone"/>. An item's score is the inner product of its
/// embedding with the state after the last event, or their cosine where embeddings are normalised.
/// </summary>
public sealed class SequenceModel : nn.Module
{
    /// <summary>Standard deviation of the initial embeddings. 0.02, as in BERT4Rec and its successors.</summary>
    public const double InitialDeviation = 0.02;

    /// <summary>What the names of a source's weights begin with. They stay in the cloud: a device gets what they make.</summary>
    internal const string ParametersName = "parameters";
    private const string BackboneName = "backbone";

    private readonly bool _normalized;
    private readonly WeightSlots _slots;
    [ComponentName(Name = "items")] private readonly RowTable _items;
    [ComponentName(Name = BackboneName)] private readonly Backbone _backbone;
    [ComponentName(Name = ParametersName)] private readonly ParameterSource? _source;

    /// <param name="items">V; ids are 1 … V, 0 is padding.</param>
    /// <param name="backbone">What mixes the history.</param>
    /// <param name="normalized">
    /// True to give every embedding and every state length 1: scores are cosines, which want a temperature.
    /// </param>
    /// <param name="parameters">What makes weights for each user; null, the default, for nothing.</param>
    /// <param name="terms">What items are like, where <paramref name="parameters"/> reads it.</param>
    /// <param name="noise">Of the dropout of what makes the weights.</param>
    /// <exception cref="ArgumentException">
    /// Layers are named that cannot be changed, or terms are missing or of another catalogue.
    /// </exception>
    public SequenceModel(
        int items, Backbone backbone, bool normalized = false, ParameterOptions? parameters = null, ItemTerms? terms = null,
        Noise? noise = null) : base(nameof(SequenceModel))
    {
        if (terms is not null && terms.Items != items)
            throw new ArgumentException($"terms of {terms.Items} items for a model of {items}", nameof(terms));
        _items = new RowTable(items + 1, backbone.Width, InitialDeviation);
        _backbone = backbone;
        _normalized = normalized;
        _slots = new WeightSlots(backbone, BackboneName + ".");
        _source = ParameterSources.Build(
            parameters, _slots, Changeable(backbone), backbone.Width, terms, noise ?? new Noise(0));
        RegisterComponents();
    }

    /// <summary>Why weights cannot be made for a backbone's users as the settings ask, or null.</summary>
    internal static string? FaultOf(Backbone backbone, ParameterOptions? parameters) =>
        ParameterSources.FaultOf(parameters, new WeightSlots(backbone, BackboneName + "."), Changeable(backbone));

    /// <summary>[V + 1, D]; row 0 is padding and is never scored.</summary>
    public RowTable Items => _items;

    /// <summary>What mixes the history.</summary>
    public Backbone Backbone => _backbone;

    /// <summary>What makes weights for each user; null for nothing.</summary>
    public ParameterSource? Parameters => _source;

    /// <summary>The linear layers whose weights can be changed.</summary>
    public WeightSlots Slots => _slots;

    /// <summary>True where embeddings and states have length 1.</summary>
    public bool Normalized => _normalized;

    /// <summary>V.</summary>
    public int ItemCount => (int)_items.Weight.shape[0] - 1;

    /// <summary>Gives the items that have a vector that row, in the first of its dimensions; other elements stay as they are.</summary>
    /// <param name="start">Of this model's items, of at most D dimensions.</param>
    /// <exception cref="ArgumentException">The vectors are those of another catalogue, or too wide.</exception>
    public void StartFrom(ItemVectors start) => ItemStart.Fill(_items, start);

    /// <summary>Embeddings as the model reads and scores them, [N, D].</summary>
    /// <param name="ids">N item ids; repeats allowed.</param>
    public Tensor Rows(long[] ids) => Normalize(_items.Gather(ids));

    /// <summary>All embeddings as the model reads and scores them, [V + 1, D]; what a device needs. Outside of training.</summary>
    public Tensor Table()
    {
        using var scope = NewDisposeScope();
        return Normalize(_items.Weight.detach()).MoveToOuterDisposeScope();
    }

    /// <summary>The values of <see cref="Table"/>, [(V + 1) × D] row-major.</summary>
    public float[] TableValues()
    {
        using var table = Table();
        return [.. TensorValues.Read(table)];
    }

    /// <summary>States of whole histories.</summary>
    /// <param name="embedded">[B, T, D], from <see cref="Rows"/>.</param>
    /// <param name="features">Of the same events; none by default.</param>
    /// <returns>[B, T, D].</returns>
    /// <remarks>With <see cref="Parameters"/>, each place is read with the weights that are made of the events up to it.</remarks>
    public Tensor Encode(Tensor embedded, EventFeatures features = default)
    {
        if (_source is null) return Normalize(_backbone.Mix(embedded, features));
        using var scope = NewDisposeScope();
        var numbers = _source.Numbers(embedded, features.Items).flatten(0, 1);
        return Changed(numbers, () => Normalize(_backbone.Mix(embedded, features))).MoveToOuterDisposeScope();
    }

    /// <summary>What changes the weights of each place, outside of training; null without <see cref="Parameters"/>.</summary>
    /// <param name="embedded">[B, T, D], from <see cref="Rows"/>.</param>
    /// <param name="features">Of the same events.</param>
    /// <returns>[B, T, S].</returns>
    public Tensor? Numbers(Tensor embedded, EventFeatures features) => _source?.Numbers(embedded, features.Items);

    /// <summary>States after the last events of histories, outside of training.</summary>
    /// <param name="embedded">[B, T, D], from <see cref="Rows"/>.</param>
    /// <param name="features">Of the same events.</param>
    /// <param name="last">[B] places of the last events among B × T.</param>
    /// <param name="numbers">
    /// [B, S] what changes the weights of each row; null, the default, for what <see cref="Parameters"/> makes of the whole row.
    /// </param>
    /// <returns>[B, D].</returns>
    public Tensor EncodeLast(Tensor embedded, EventFeatures features, long[] last, Tensor? numbers = null)
    {
        using var scope = NewDisposeScope();
        var places = tensor(last, device: embedded.device);
        numbers ??= Numbers(embedded, features)?.flatten(0, 1).index_select(0, places);
        var states = numbers is null
            ? Normalize(_backbone.Mix(embedded, features))
            : Changed(numbers, () => Normalize(_backbone.Mix(embedded, features)));
        return states.flatten(0, 1).index_select(0, places).MoveToOuterDisposeScope();
    }

    /// <summary>What is known of the events of histories, and is read.</summary>
    internal EventFeatures Known(EventFeatures features, long[] items, long steps) => _source is not { ReadsItems: true }
        ? features
        : features with { Items = tensor(items, device: _items.Weight.device).view(-1, steps) };

    /// <summary>Names of the layers that may be changed.</summary>
    private static string[] Changeable(Backbone backbone) => [.. backbone.PointwiseLayers.Select(name => $"{BackboneName}.{name}")];

    private Tensor Changed(Tensor numbers, Func<Tensor> states)
    {
        using var changed = _slots.Change((_source ?? throw new InvalidOperationException("the model has no source of parameters"))
            .Changes(numbers));
        return states();
    }

    private Tensor Normalize(Tensor x) => _normalized ? nn.functional.normalize(x, dim: -1) : x;
}
