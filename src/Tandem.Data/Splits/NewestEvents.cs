namespace Tandem.Data.Splits;

/// <summary>What a model is compared on before it serves: each user's newest events, which no model has learned.</summary>
/// <param name="dataset">All events.</param>
/// <param name="known">Of each user, how many of the first events may have been learned.</param>
public sealed class NewestEvents(SequenceDataset dataset, IReadOnlyList<int> known) : ISplit
{
    private readonly PrefixCut _cut = new(dataset, user => (known[user], known[user]));

    /// <inheritdoc/>
    public string Protocol => "newest-events";

    /// <inheritdoc/>
    public SequenceDataset Dataset => dataset;

    /// <summary>Empty: what trains before has validated by events of its own.</summary>
    public ReadOnlySpan<EvaluatedEvent> Validation => _cut.Validation;

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Test => _cut.Test;

    /// <inheritdoc/>
    public int TrainLength(int user) => _cut.TrainLength(user);

    /// <inheritdoc/>
    public int RefitLength(int user) => _cut.RefitLength(user);
}
