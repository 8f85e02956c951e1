namespace Tandem.Data.Splits;

/// <summary>
/// The usual split of sequential recommendation: of a user's N events the last is the test target, the one before it
/// the validation target, the rest trains. Users with fewer than 3 events have no targets; all their events train.
/// Every member is a view of the data set: nothing is copied.
/// </summary>
public sealed class LeaveOneOut : ISplit
{
    private const int MinEvents = 3;

    private readonly SequenceDataset _dataset;
    private readonly bool _refits;
    private readonly int[] _evaluatedUsers;
    private readonly EvaluatedEvent[] _validation;
    private readonly EvaluatedEvent[] _test;

    /// <summary>Splits the data set.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="refits">Whether the tested model learns the validation targets, too. It changes the protocol's name and no cut.</param>
    public LeaveOneOut(SequenceDataset dataset, bool refits = false)
    {
        (_dataset, _refits) = (dataset, refits);
        _evaluatedUsers = [.. Enumerable.Range(0, dataset.Users).Where(user => dataset.Sequence(user).Length >= MinEvents)];
        _validation = [.. _evaluatedUsers.Select(user => new EvaluatedEvent(user, dataset.Sequence(user).Length - 2))];
        _test = [.. _evaluatedUsers.Select(user => new EvaluatedEvent(user, dataset.Sequence(user).Length - 1))];
    }

    /// <summary><c>loo</c>, or <c>loo-refit</c> where the tested model learns the validation targets, too.</summary>
    public string Protocol => _refits ? "loo-refit" : "loo";

    /// <inheritdoc/>
    public SequenceDataset Dataset => _dataset;

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Validation => _validation;

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Test => _test;

    /// <inheritdoc/>
    public int TrainLength(int user) => Train(user).Length;

    /// <inheritdoc/>
    public int RefitLength(int user) => Refit(user).Length;

    /// <summary>Users with targets, ascending.</summary>
    public ReadOnlySpan<int> EvaluatedUsers => _evaluatedUsers;

    /// <summary>[N - 2] items to train on while choosing settings.</summary>
    public ReadOnlySpan<int> Train(int user) => AllBut(2, user);

    /// <summary>[N - 1] items to train on once the settings are chosen: <see cref="Train"/> and the validation target.</summary>
    public ReadOnlySpan<int> Refit(int user) => AllBut(1, user);

    /// <summary>[N - 2] what is known when the validation target is predicted.</summary>
    /// <exception cref="InvalidOperationException">The user is not one of <see cref="EvaluatedUsers"/>.</exception>
    public ReadOnlySpan<int> ValidationHistory(int user) => Evaluated(user)[..^2];

    /// <summary>The item before the last.</summary>
    /// <inheritdoc cref="ValidationHistory" path="/exception"/>
    public int ValidationTarget(int user) => Evaluated(user)[^2];

    /// <summary>[N - 1] what is known when the test target is predicted.</summary>
    /// <inheritdoc cref="ValidationHistory" path="/exception"/>
    public ReadOnlySpan<int> TestHistory(int user) => Evaluated(user)[..^1];

    /// <summary>The last item.</summary>
    /// <inheritdoc cref="ValidationHistory" path="/exception"/>
    public int TestTarget(int user) => Evaluated(user)[^1];

    private ReadOnlySpan<int> AllBut(int targets, int user)
    {
        var sequence = _dataset.Sequence(user);
        return sequence.Length >= MinEvents ? sequence[..^targets] : sequence;
    }

    private ReadOnlySpan<int> Evaluated(int user)
    {
        var sequence = _dataset.Sequence(user);
        return sequence.Length >= MinEvents
            ? sequence
            : throw new InvalidOperationException(
                $"user {user} has {sequence.Length} events and no targets, which take {MinEvents}; ask only for EvaluatedUsers");
    }
}
