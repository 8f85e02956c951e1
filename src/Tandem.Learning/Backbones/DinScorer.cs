using Tandem.Data;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>Scores of a trained <see cref="Din"/> for the whole catalogue.</summary>
/// <param name="model">Switched to evaluation at each call.</param>
public sealed class DinScorer(Din model) : IItemScorer
{
    private const int TileUsers = 32; // histories of one product: it is wide enough by then

    /// <summary>What scores.</summary>
    public Din Model => model;

    /// <inheritdoc/>
    public string Kind => "din";

    /// <inheritdoc/>
    public int ItemCount => model.ItemCount;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores)
    {
        ScorerInput.Require(ItemCount, histories, scores);
        if (histories.IsEmpty) return;
        using var mode = inference_mode();
        model.eval();
        var width = ItemCount + 1;
        for (var start = 0; start < histories.Length; start += TileUsers)
        {
            using var scope = NewDisposeScope();
            var tile = histories.Slice(start, Math.Min(TileUsers, histories.Length - start));
            var (history, mask, ids) = Embed(tile);
            var numbers = model.Numbers(history, ids);
            var values = model.Score(history, mask, model.Items.Weight, numbers).contiguous(); // [tile, V + 1]
            TensorValues.CopyTo(values, scores.Slice(start * width, (int)values.numel()));
        }
    }

    private (Tensor History, Tensor Mask, long[] Ids) Embed(ReadOnlySpan<History> tile)
    {
        var steps = 1; // empty histories too are a row, of padding
        foreach (var history in tile) steps = Math.Max(steps, Math.Min(history.Length, model.Window));
        var (ids, mask) = (new long[tile.Length * steps], new float[tile.Length * steps]);
        for (var row = 0; row < tile.Length; row++)
        {
            var items = tile[row].Items.Span;
            items = items[Math.Max(0, items.Length - model.Window)..];
            for (var t = 0; t < items.Length; t++) (ids[row * steps + t], mask[row * steps + t]) = (items[t], 1);
        }

        return (model.Items.Gather(ids).view(tile.Length, steps, -1), tensor(mask, tile.Length, steps), ids);
    }
}
