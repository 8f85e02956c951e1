using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// A sequential recommender: an item table around a <see cref="Backbone"/>. An item's score is the inner product of its
/// embedding with the state after the last event.
/// </summary>
public sealed class SequenceModel : nn.Module
{
    /// <summary>Standard deviation of the initial embeddings. 0.02, as in BERT4Rec and its successors.</summary>
    public const double InitialDeviation = 0.02;

    [ComponentName(Name = "items")] private readonly RowTable _items;
    [ComponentName(Name = "backbone")] private readonly Backbone _backbone;

    /// <param name="items">V; ids are 1 … V, 0 is padding.</param>
    /// <param name="backbone">What mixes the history.</param>
    public SequenceModel(int items, Backbone backbone) : base(nameof(SequenceModel))
    {
        _items = new RowTable(items + 1, backbone.Width, InitialDeviation);
        _backbone = backbone;
        RegisterComponents();
    }

    /// <summary>[V + 1, D]; row 0 is padding and is never scored.</summary>
    public RowTable Items => _items;

    /// <summary>What mixes the history.</summary>
    public Backbone Backbone => _backbone;

    /// <summary>V.</summary>
    public int ItemCount => (int)_items.Weight.shape[0] - 1;

    /// <summary>States of whole histories.</summary>
    /// <param name="embedded">[B, T, D] rows of <see cref="Items"/>.</param>
    /// <param name="times">[B, T] int64 unix seconds of the events, for backbones that use them; null where nobody knows them.</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Encode(Tensor embedded, Tensor? times = null) => _backbone.Mix(embedded, times);
}
