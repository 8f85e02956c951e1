using Tandem.Data.Metrics;

namespace Tandem.Data.Evaluation;

/// <summary>Two runs on the same events. The unit is the user: a user's events are averaged first, then users are.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="First">Mean over users of the first run.</param>
/// <param name="Second">Mean over users of the second run.</param>
/// <param name="Difference">First minus second, with its 95 % interval from the paired bootstrap.</param>
/// <param name="P">Two-sided p value of the paired t-test.</param>
/// <param name="Users">Number of users.</param>
/// <param name="Events">Number of evaluated events.</param>
public sealed record RunComparison(string Metric, double First, double Second, PairedDifference Difference, double P, int Users, int Events)
{
    /// <summary>Compares two evaluations.</summary>
    /// <param name="first">One run.</param>
    /// <param name="second">The other.</param>
    /// <param name="metric">What is compared.</param>
    /// <param name="seed">Draws the bootstrap's resamples.</param>
    /// <exception cref="DatasetException">The runs differ in data, protocol, masking or evaluated events.</exception>
    public static RunComparison Of(EvaluationTable first, EvaluationTable second, RankMetric metric, int seed)
    {
        RequireComparable(first, second);
        return Of(first.Users.ToArray(), first.Ranks.ToArray(), second.Ranks.ToArray(), metric, seed);
    }

    /// <summary>Compares two evaluations on some of their events.</summary>
    /// <param name="first">One run.</param>
    /// <param name="second">The other.</param>
    /// <param name="metric">What is compared.</param>
    /// <param name="seed">Draws the bootstrap's resamples.</param>
    /// <param name="events">Places among the evaluated events, ascending; two users have one at least.</param>
    /// <exception cref="DatasetException">The runs differ in data, protocol, masking or evaluated events.</exception>
    public static RunComparison Of(
        EvaluationTable first, EvaluationTable second, RankMetric metric, int seed, IReadOnlyList<int> events)
    {
        RequireComparable(first, second);
        return Of(Pick(first.Users), Pick(first.Ranks), Pick(second.Ranks), metric, seed);

        T[] Pick<T>(ReadOnlySpan<T> all)
        {
            var picked = new T[events.Count];
            for (var i = 0; i < picked.Length; i++) picked[i] = all[events[i]];
            return picked;
        }
    }

    /// <summary>
    /// Compares two methods of which each was run several times: of every event the mean over the runs. The interval is that of users, for
    /// these runs; how much other seeds would differ is not in it.
    /// </summary>
    /// <param name="first">Runs of one method.</param>
    /// <param name="second">Runs of the other.</param>
    /// <param name="metric">What is compared.</param>
    /// <param name="seed">Draws the bootstrap's resamples.</param>
    /// <exception cref="ArgumentException">A method has no run.</exception>
    /// <exception cref="DatasetException">The runs differ in data, protocol, masking or evaluated events.</exception>
    public static RunComparison OfMeans(
        IReadOnlyList<EvaluationTable> first, IReadOnlyList<EvaluationTable> second, RankMetric metric, int seed)
    {
        if (first.Count == 0 || second.Count == 0)
            throw new ArgumentException("a method has no run; expected one at least of each", nameof(first));
        foreach (var other in first.Concat(second)) RequireComparable(first[0], other);
        return OfEvents(first[0].Users.ToArray(), Means(first), Means(second), metric, seed);

        double[] Means(IReadOnlyList<EvaluationTable> runs)
        {
            var means = new double[first[0].Users.Length];
            foreach (var run in runs)
            {
                var values = metric.OfEvents(run.Ranks);
                for (var i = 0; i < means.Length; i++) means[i] += values[i] / runs.Count;
            }

            return means;
        }
    }

    private static RunComparison Of(int[] users, double[] first, double[] second, RankMetric metric, int seed) =>
        OfEvents(users, metric.OfEvents(first), metric.OfEvents(second), metric, seed);

    private static RunComparison OfEvents(int[] users, double[] first, double[] second, RankMetric metric, int seed)
    {
        var (one, other) = (UserMeans.Of(users, first), UserMeans.Of(users, second));
        return new(
            metric.Name, one.Average(), other.Average(), PairedBootstrap.Compare(one, other, seed), PairedTTest.PValue(one, other),
            one.Length, users.Length);
    }

    private static void RequireComparable(EvaluationTable first, EvaluationTable second)
    {
        var (a, b) = (first.Summary, second.Summary);
        RequireEqual("data hash", a.DataHash, b.DataHash, "prepare the data once with 'tandem data prepare' and run both on that folder");
        RequireEqual("protocol", a.Protocol, b.Protocol, "evaluate both runs alike");
        RequireEqual("masking of seen items", a.MaskSeen, b.MaskSeen, "evaluate both runs alike");
        RequireEqual("number of evaluated events", first.Users.Length, second.Users.Length, "evaluate both runs on the same events");
        if (!first.Users.SequenceEqual(second.Users) || !first.Positions.SequenceEqual(second.Positions))
        {
            throw new DatasetException(
                "other events were evaluated", second.Origin, $"those of {first.Origin}", "evaluate both runs on the same events");
        }

        void RequireEqual<T>(string what, T expected, T found, string remedy)
        {
            if (!EqualityComparer<T>.Default.Equals(expected, found))
                throw new DatasetException($"{what} is {found}", second.Origin, $"{expected}, as {first.Origin} has", remedy);
        }
    }
}
