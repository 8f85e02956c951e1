using Tandem.Learning.Layers;
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

    private readonly bool _normalized;
    [ComponentName(Name = "items")] private readonly RowTable _items;
    [ComponentName(Name = "backbone")] private readonly Backbone _backbone;

    /// <param name="items">V; ids are 1 … V, 0 is padding.</param>
    /// <param name="backbone">What mixes the history.</param>
    /// <param name="normalized">
    /// True to give every embedding and every state length 1: scores are cosines, which want a temperature.
    /// </param>
    public SequenceModel(int items, Backbone backbone, bool normalized = false) : base(nameof(SequenceModel))
    {
        _items = new RowTable(items + 1, backbone.Width, InitialDeviation);
        _backbone = backbone;
        _normalized = normalized;
        RegisterComponents();
    }

    /// <summary>[V + 1, D]; row 0 is padding and is never scored.</summary>
    public RowTable Items => _items;

    /// <summary>What mixes the history.</summary>
    public Backbone Backbone => _backbone;

    /// <summary>True where embeddings and states have length 1.</summary>
    public bool Normalized => _normalized;

    /// <summary>V.</summary>
    public int ItemCount => (int)_items.Weight.shape[0] - 1;

    /// <summary>Gives the items that have a vector that row, in the first of its dimensions; other elements stay as they are.</summary>
    /// <param name="start">Of this model's items, of at most D dimensions.</param>
    /// <exception cref="ArgumentException">The vectors are those of another catalogue, or too wide.</exception>
    public void StartFrom(ItemVectors start)
    {
        if (start.Items != ItemCount || start.Width > _items.Weight.shape[1])
        {
            throw new ArgumentException(
                $"vectors of {start.Items} items in {start.Width} dimensions for a table of {ItemCount} in {_items.Weight.shape[1]}; "
                    + "make them of the model's data set", nameof(start));
        }

        var known = Enumerable.Range(1, start.Items).Where(start.Has).Select(item => (long)item).ToArray();
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var rows = tensor(start.Values.ToArray(), start.Items + 1, start.Width).index_select(0, tensor(known));
        _items.Weight.narrow(1, 0, start.Width).index_copy_(0, tensor(known), rows);
    }

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
    public Tensor Encode(Tensor embedded, EventFeatures features = default) => Normalize(_backbone.Mix(embedded, features));

    private Tensor Normalize(Tensor x) => _normalized ? nn.functional.normalize(x, dim: -1) : x;
}
