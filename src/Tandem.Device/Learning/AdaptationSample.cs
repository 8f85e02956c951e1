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
    /// <param name="read">Of the table; it has every item that can be drawn.</param>
    public static AdaptationSample Read(AdaptationPlan plan, LatestEvents latest, Negatives negatives, TryRead read)
    {
        var (items, times, values) = latest;
        var (D, first) = (plan.Runner.Shape.Width, items.Length - plan.Options.HoldOut);
        var rows = new float[items.Length * D];
        for (var i = 0; i < items.Length; i++) read(items[i], rows.AsSpan(i * D, D));
        var learned = new float[plan.LearnedRows * D];
        var held = new float[plan.HeldRows * D];
        ReadCandidates(items.AsSpan(1..first), 1 + plan.Options.Negatives, ref negatives, read, learned, D);
        ReadCandidates(items.AsSpan(first), 1 + plan.Options.JudgeNegatives, ref negatives, read, held, D);
        return new(
            new(rows.AsMemory(0, first * D), times.AsMemory(0, first), values.AsMemory(0, first), First: 1, learned),
            new(rows, times, values, first, held));
    }

    /// <summary>[P × C × D]: of each event its own row and those of random items.</summary>
    private static void ReadCandidates(
        ReadOnlySpan<int> items, int candidates, ref Negatives negatives, TryRead read, Span<float> rows, int width)
    {
        for (var n = 0; n < items.Length * candidates; n++)
        {
            var item = items[n / candidates];
            read(n % candidates == 0 ? item : negatives.Next(item), rows.Slice(n * width, width));
        }
    }
}
