using Tandem.Data;
using Tandem.Learning;

namespace Tandem.Simulation.Personalization;

/// <summary>
/// A model that reads each history with some of its items swapped for random ones, as wrong clicks and shared devices do. What is ranked,
/// and which items are left out of it, stays as it was.
/// </summary>
/// <param name="model">What reads them.</param>
/// <param name="share">Of the events, in [0, 1].</param>
/// <param name="seed">Of the swaps, which depend on the history alone.</param>
public sealed class NoisyHistories(IItemScorer model, double share, int seed) : IItemScorer
{
    /// <inheritdoc/>
    public string Kind => model.Kind;

    /// <inheritdoc/>
    public int ItemCount => model.ItemCount;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores)
    {
        var swapped = new History[histories.Length];
        for (var i = 0; i < swapped.Length; i++) swapped[i] = Swap(histories[i]);
        model.Score(swapped, scores);
    }

    private History Swap(History history)
    {
        var items = history.Items.ToArray();
        var random = NamedSeed.Create(seed, "swapped items", Fold(items));
        foreach (ref var item in items.AsSpan())
        {
            if (random.NextDouble() < share) item = random.Next(1, ItemCount + 1);
        }

        return new(items, history.Times, history.Values);
    }

    /// <summary>A number of the history that is the same in every process (FNV-1a over its items).</summary>
    private static int Fold(int[] items)
    {
        var hash = 2166136261u;
        foreach (var item in items) hash = (hash ^ (uint)item) * 16777619u;
        return (int)(hash & int.MaxValue);
    }
}
