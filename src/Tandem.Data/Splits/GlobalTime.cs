namespace Tandem.Data.Splits;

/// <summary>
/// Two points in time, the same for all users: what happened before the first trains, what happened before the second validates,
/// the rest tests. Unlike a cut of each user's own sequence it lets no model learn from what others did after an event that it has
/// to predict (Ji et al. 2023, "A critical study on data leakage in recommender system offline evaluation"). A user whose first
/// event lies at or after the first point has nothing to train on and is cold; such a user's events are evaluated from the second
/// on, for the first has no history. The history of an event is all that the user did before it, validation and test events included.
/// </summary>
public sealed class GlobalTime : ISplit
{
    /// <summary>Share of all events that validates, and as much that tests: a tenth each, a choice of this project.</summary>
    public const double DefaultShare = 0.1;

    private readonly PrefixCut _cut;

    private GlobalTime(SequenceDataset dataset, long validationFrom, long testFrom)
    {
        (Dataset, ValidationFrom, TestFrom) = (dataset, validationFrom, testFrom);
        _cut = new(dataset, user => (Before(dataset.Times(user), validationFrom), Before(dataset.Times(user), testFrom)));
    }

    /// <inheritdoc/>
    public string Protocol => "global-time";

    /// <inheritdoc/>
    public SequenceDataset Dataset { get; }

    /// <summary>Unix seconds of the first event that no longer trains.</summary>
    public long ValidationFrom { get; }

    /// <summary>Unix seconds from which events test.</summary>
    public long TestFrom { get; }

    /// <summary>Users with nothing to train on.</summary>
    public int ColdUsers => Enumerable.Range(0, Dataset.Users).Count(user => TrainLength(user) == 0);

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Validation => _cut.Validation;

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Test => _cut.Test;

    /// <summary>
    /// Chooses the points by shares of all events. Events of one second stay together, on the later side, so a part can hold
    /// somewhat more than its share.
    /// </summary>
    /// <param name="dataset">The data.</param>
    /// <param name="validation">Share of events that validates, 0 or more; 0 leaves one point and no validation.</param>
    /// <param name="test">Share of events that tests, above 0.</param>
    /// <exception cref="DatasetException">The data has no times, or no event lies before the first point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A share is outside its range, or both leave nothing to train on.</exception>
    public static GlobalTime ByShares(SequenceDataset dataset, double validation = DefaultShare, double test = DefaultShare)
    {
        if (!(validation >= 0)) throw new ArgumentOutOfRangeException(nameof(validation), validation, "a share is 0 or more");
        if (!(test > 0)) throw new ArgumentOutOfRangeException(nameof(test), test, "the share that tests is above 0");
        if (!(validation + test < 1))
            throw new ArgumentOutOfRangeException(nameof(test), validation + test, "both shares together are below 1");
        RequireTimes(dataset);
        var times = new List<long>(dataset.Interactions);
        for (var user = 0; user < dataset.Users; user++) times.AddRange(dataset.Times(user));
        times.Sort();
        var split = new GlobalTime(dataset, Point(times, validation + test), Point(times, test));
        return split.ValidationFrom > times[0] ? split : throw new DatasetException(
            "no event lies before the first point in time", dataset.Name, "events at different times", "use another protocol");
    }

    /// <summary>Cuts at known points; equal points leave no validation.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="validationFrom">Unix seconds of the first event that no longer trains.</param>
    /// <param name="testFrom">Unix seconds from which events test, not before <paramref name="validationFrom"/>.</param>
    /// <exception cref="DatasetException">The data has no times.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The points are in the wrong order.</exception>
    public static GlobalTime At(SequenceDataset dataset, long validationFrom, long testFrom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(testFrom, validationFrom);
        RequireTimes(dataset);
        return new(dataset, validationFrom, testFrom);
    }

    /// <inheritdoc/>
    public int TrainLength(int user) => _cut.TrainLength(user);

    /// <inheritdoc/>
    public int RefitLength(int user) => _cut.RefitLength(user);

    private static long Point(List<long> sorted, double share) => sorted[sorted.Count - (int)Math.Ceiling(share * sorted.Count)];

    private static int Before(ReadOnlySpan<long> times, long point)
    {
        var count = 0;
        while (count < times.Length && times[count] < point) count++;
        return count;
    }

    private static void RequireTimes(SequenceDataset dataset)
    {
        if (!dataset.HasTimes)
        {
            throw new DatasetException(
                "the data has no times", dataset.Name, "unix seconds with every event", "use a protocol that needs none, such as loo");
        }
    }
}
