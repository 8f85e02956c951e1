using Tandem.Data;
using Tandem.Learning.Layers;
using Tandem.Protocol.Parameters;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>Scores of a trained <see cref="Din"/> for the whole catalogue.</summary>
/// <param name="model">Switched to evaluation at each call.</param>
public sealed class DinScorer(Din model) : IItemScorer
{
    private const int TileUsers = 32; // histories of one product: it is wide enough by then

    /// <summary>What scores.</summary>
    public Din Model => model;

    /// <summary>What users share of their personal weights, for the model's bundle; null, the default, where there is none.</summary>
    public ParameterFactors? Factors { get; init; }

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
            var (history, mask, ids) = Embed(model, tile);
            var numbers = model.Numbers(history, ids);
            var values = model.Score(history, mask, model.Items.Weight, numbers).contiguous(); // [tile, V + 1]
            TensorValues.CopyTo(values, scores.Slice(start * width, (int)values.numel()));
        }
    }

    /// <summary>What a model's source makes of histories.</summary>
    /// <param name="model">With <see cref="Din.Parameters"/>; switched to evaluation.</param>
    /// <param name="histories">B; one without events is read as one of padding.</param>
    /// <returns>[B][S].</returns>
    /// <exception cref="ArgumentException">The model has no source.</exception>
    internal static float[][] Numbers(Din model, ReadOnlySpan<History> histories)
    {
        if (histories.IsEmpty) return [];
        model.eval();
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var (history, _, ids) = Embed(model, histories);
        var numbers = model.Numbers(history, ids) ?? throw new ArgumentException("the model has no source of parameters", nameof(model));
        return [.. TensorValues.Copy(numbers).Chunk((int)numbers.shape[1])];
    }

    private static (Tensor History, Tensor Mask, long[] Ids) Embed(Din model, ReadOnlySpan<History> tile)
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
