using System.Buffers;

namespace Tandem.Learning.Baselines;

/// <summary>Visits an item of a history.</summary>
/// <param name="item">Its id.</param>
/// <param name="age">Places since its last event, 0 for the newest.</param>
/// <param name="scores">The row.</param>
internal delegate void DistinctItem(int item, int age, Span<float> scores);

/// <summary>A history as the set of items that the models of who-has-what are trained on.</summary>
internal static class DistinctItems
{
    /// <summary>Every item once, ascending by id, so that sums do not depend on the order of the history.</summary>
    public static void Visit(ReadOnlySpan<int> history, Span<float> scores, DistinctItem visit)
    {
        var keys = ArrayPool<long>.Shared.Rent(history.Length);
        for (var i = 0; i < history.Length; i++) keys[i] = ((long)history[i] << 32) | (uint)(history.Length - 1 - i);
        keys.AsSpan(0, history.Length).Sort();
        for (var i = 0; i < history.Length; i++)
        {
            var item = (int)(keys[i] >> 32);
            if (i == 0 || item != (int)(keys[i - 1] >> 32)) visit(item, (int)keys[i], scores);
        }

        ArrayPool<long>.Shared.Return(keys);
    }
}
