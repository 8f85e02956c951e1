namespace Tandem.Data.Metrics;

/// <summary>
/// One value per user from the values of events. Events of one user are no independent evidence: intervals and tests take users as
/// their unit, and more events of the same user do not make them narrower.
/// </summary>
public static class UserMeans
{
    /// <summary>The mean of each user's events.</summary>
    /// <param name="users">[events] the event's user; the events of one user are neighbours.</param>
    /// <param name="values">[events] the event's metric.</param>
    /// <returns>[users with events] in the order of <paramref name="users"/>.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double[] Of(ReadOnlySpan<int> users, ReadOnlySpan<double> values)
    {
        if (users.Length != values.Length)
            throw new ArgumentException($"{users.Length} users for {values.Length} values; expected as many");
        var means = new List<double>();
        for (int start = 0, end; start < users.Length; start = end)
        {
            var sum = 0.0;
            for (end = start; end < users.Length && users[end] == users[start]; end++) sum += values[end];
            means.Add(sum / (end - start));
        }

        return [.. means];
    }
}
