namespace Tandem.Device.Learning;

/// <summary>
/// What learning reads: the rows of a user's events and of their candidates. Nothing of it changes while steps are taken.
/// </summary>
/// <param name="Learned">The events before those held out.</param>
/// <param name="Held">All events, of which the last are predicted.</param>
internal sealed record AdaptationSample(NextItemEvents Learned, NextItemEvents Held)
{
    /// <summary>Reads a row; false where it is not held.</summary>
    public delegate bool TryRead(int item, Span<float> row);

    /// <param name="plan">Whose fault is null.</param>
    /// <param name="latest">N of them.</param>
    /// <param name="negatives">Random items.</param>
    /// <param name="listed">Items of the cloud's list that are no events and whose rows are held; empty for none.</param>
    /// <param name="read">Of the table; it has every item that can be drawn.</param>
    public static AdaptationSample Read(AdaptationPlan plan, LatestEvents latest, Negatives negatives, int[] listed, TryRead read)
    {
        var (items, times, values) = latest;
        var (D, first) = (plan.Runner.Shape.Width, items.Length - plan.Options.HoldOut);
        var rows = new float[items.Length * D];
        for (var i = 0; i < items.Length; i++) read(items[i], rows.AsSpan(i * D, D));
        var learned = new float[plan.LearnedRows * D];
        var held = new float[plan.HeldRows * D];
        // Whatever is learned against, what judges is drawn at random.
        var options = plan.Options;
        ReadCandidates(items.AsSpan(1..first), 1 + options.Negatives, ref negatives, listed, options.ListNegatives, read, learned);
        ReadCandidates(items.AsSpan(first), 1 + options.JudgeNegatives, ref negatives, [], 0, read, held);
        return new(
            new(rows.AsMemory(0, first * D), times.AsMemory(0, first), values.AsMemory(0, first), First: 1, learned),
            new(rows, times, values, first, held));
    }

    /// <summary>[P × C × D]: of each event its own row, those of so many listed items, and those of random ones.</summary>
    private static void ReadCandidates(
        ReadOnlySpan<int> items, int candidates, ref Negatives negatives, int[] listed, int fromList, TryRead read, Span<float> rows)
    {
        if (items.IsEmpty) return;
        var width = rows.Length / (items.Length * candidates);
        for (var n = 0; n < items.Length * candidates; n++)
        {
            var (item, place) = (items[n / candidates], n % candidates);
            var drawn = place == 0 ? item : place <= fromList && listed.Length > 0 ? negatives.NextOf(listed) : negatives.Next(item);
            read(drawn, rows.Slice(n * width, width));
        }
    }
}
