namespace Tandem.Device;

/// <summary>
/// How alike two models rank for one user, before one takes the place of the other: weights that are finite and near those shipped may
/// still be another user's, or of no user at all.
/// </summary>
internal static class ParameterCanary
{
    private const int MostItems = 256;

    /// <summary>
    /// Pearson's correlation of the scores of items spread over the catalogue, or over the rows that came with lists. 1 where the shipped
    /// weights tell no item from another, as before the first event; 0 where the others alone do not.
    /// </summary>
    /// <param name="shipped">By the weights that were shipped.</param>
    /// <param name="tried">By others, of the same history and rows.</param>
    public static double Correlation(UserModel shipped, UserModel tried)
    {
        var places = Places(shipped);
        var (a, b) = (ScoresOf(shipped, places), ScoresOf(tried, places));
        var (meanA, meanB) = (Mean(a), Mean(b));
        var (both, squaresA, squaresB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            var (x, y) = (a[i] - meanA, b[i] - meanB);
            both += x * y;
            squaresA += x * x;
            squaresB += y * y;
        }

        if (squaresA == 0) return 1;
        return squaresB == 0 ? 0 : both / Math.Sqrt(squaresA) / Math.Sqrt(squaresB);
    }

    /// <summary>Item ids of a table, or slots of the rows that are held.</summary>
    private static int[] Places(UserModel user)
    {
        if (user.Items is { } cache)
        {
            var held = Enumerable.Range(0, cache.Capacity).Where(slot => cache.ItemsBySlot[slot] != 0).ToArray();
            return [.. Spread(held.Length).Select(i => held[i])];
        }

        return [.. Spread(user.Model.Shape.Items).Select(i => i + 1)];
    }

    /// <summary>Up to <see cref="MostItems"/> of 0 … count − 1.</summary>
    private static IEnumerable<int> Spread(int count)
    {
        var chosen = Math.Min(count, MostItems);
        return Enumerable.Range(0, chosen).Select(i => (int)((long)i * (count - 1) / Math.Max(1, chosen - 1)));
    }

    /// <summary>One by one: by slot, so that no row counts as used for a packet that may be refused.</summary>
    private static float[] ScoresOf(UserModel user, int[] places)
    {
        var scores = new float[places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            if (user.Items is null) user.ScoreRange(places[i], scores.AsSpan(i, 1));
            else user.ScoreSlots(places[i], scores.AsSpan(i, 1));
        }

        return scores;
    }

    private static double Mean(float[] values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum / Math.Max(1, values.Length);
    }
}
