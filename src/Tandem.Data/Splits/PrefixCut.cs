namespace Tandem.Data.Splits;

/// <summary>
/// Every user's sequence cut at two places. The events before the first cut train, those between the cuts validate, the rest test;
/// an event without any before it is not evaluated, for nothing is known from which to predict it.
/// </summary>
internal sealed class PrefixCut
{
    private readonly int[] _train;
    private readonly int[] _refit;
    private readonly EvaluatedEvent[] _validation;
    private readonly EvaluatedEvent[] _test;

    /// <summary>Cuts every user of the data set.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="cut">User → events before the first and before the second cut.</param>
    public PrefixCut(SequenceDataset dataset, Func<int, (int Train, int Refit)> cut)
    {
        (_train, _refit) = (new int[dataset.Users], new int[dataset.Users]);
        var (validation, test) = (new List<EvaluatedEvent>(), new List<EvaluatedEvent>());
        for (var user = 0; user < dataset.Users; user++)
        {
            (_train[user], _refit[user]) = cut(user);
            Add(validation, user, _train[user], _refit[user]);
            Add(test, user, _refit[user], dataset.Sequence(user).Length);
        }

        (_validation, _test) = ([.. validation], [.. test]);
    }

    public ReadOnlySpan<EvaluatedEvent> Validation => _validation;

    public ReadOnlySpan<EvaluatedEvent> Test => _test;

    public int TrainLength(int user) => _train[user];

    public int RefitLength(int user) => _refit[user];

    private static void Add(List<EvaluatedEvent> events, int user, int from, int to)
    {
        for (var position = Math.Max(from, 1); position < to; position++) events.Add(new(user, position));
    }
}
