using Tandem.Data.Metrics;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Text;

/// <summary>The nearest other items of each item, by the cosine of their vectors.</summary>
public sealed class Neighbours
{
    private const int TileRows = 512; // × V cosines at a time

    private readonly int[] _items;      // [V + 1, K], 0 where there is none
    private readonly float[] _cosines;  // [V + 1, K]

    private Neighbours(int count, int[] items, float[] cosines) => (Count, _items, _cosines) = (count, items, cosines);

    /// <summary>K.</summary>
    public int Count { get; }

    /// <summary>[K] the nearest first, 0 in the place of items that are missing.</summary>
    /// <param name="item">0 … V.</param>
    public ReadOnlySpan<int> Items(int item) => _items.AsSpan(item * Count, Count);

    /// <summary>[K] beside <see cref="Items"/>.</summary>
    /// <param name="item">0 … V.</param>
    public ReadOnlySpan<float> Cosines(int item) => _cosines.AsSpan(item * Count, Count);

    /// <summary>Compares each item with every other: V² D multiplications, a second for 12,000 items.</summary>
    /// <param name="vectors">Of a catalogue; items without a vector have no neighbours and are none.</param>
    /// <param name="count">K, 1 or more.</param>
    public static Neighbours Of(ItemVectors vectors, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var known = Enumerable.Range(1, vectors.Items).Where(vectors.Has).ToArray();
        var (items, cosines) = (new int[(vectors.Items + 1) * count], new float[(vectors.Items + 1) * count]);
        var kept = Math.Min(count, known.Length - 1);
        if (kept < 1) return new(count, items, cosines);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var all = tensor(vectors.Values.ToArray(), vectors.Items + 1, vectors.Width);
        var unit = nn.functional.normalize(all.index_select(0, tensor(Array.ConvertAll(known, item => (long)item))), dim: 1); // [N, D]
        var columns = unit.t().contiguous();
        for (var first = 0; first < known.Length; first += TileRows)
        {
            using var tile = NewDisposeScope();
            var rows = Math.Min(TileRows, known.Length - first);
            var near = TensorValues.Copy(unit.narrow(0, first, rows).matmul(columns)); // [rows, N]
            Parallel.For(0, rows, row =>
            {
                var own = near.AsSpan(row * known.Length, known.Length);
                own[first + row] = float.NegativeInfinity; // not itself
                var to = known[first + row] * count;
                TopItems.Choose(own, items.AsSpan(to, kept), cosines.AsSpan(to, kept));
                foreach (ref var item in items.AsSpan(to, kept)) item = known[item];
            });
        }

        return new(count, items, cosines);
    }
}
