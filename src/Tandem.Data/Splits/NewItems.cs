namespace Tandem.Data.Splits;

/// <summary>
/// Leave-one-out in a catalogue of which a part is new: none of the drawn items is in what trains or validates, and all test events stay,
/// those of new items among them. It shows what a model makes of items that came after its training.
/// </summary>
public sealed class NewItems : ISplit
{
    /// <summary>Of the protocol.</summary>
    public const string Name = "loo-new-items";

    /// <summary>One item in so many is new.</summary>
    public const int OneIn = 20;

    private readonly LeaveOneOut _all;
    private readonly bool[] _isNew; // [V + 1]
    private readonly EvaluatedEvent[] _validation;

    /// <summary>Draws the new items by the data set's seed.</summary>
    /// <param name="dataset">The data.</param>
    public NewItems(SequenceDataset dataset)
    {
        _all = new(dataset);
        _isNew = new bool[dataset.Catalog.Count + 1];
        int[] items = [.. Enumerable.Range(1, dataset.Catalog.Count)];
        NamedSeed.Create(dataset.Seed, "new items").Shuffle(items);
        foreach (var item in items[..(items.Length / OneIn)]) _isNew[item] = true;
        _validation = [.. _all.Validation.ToArray().Where(e => Trains(dataset.Sequence(e.User)[e.Position]))];
    }

    /// <inheritdoc/>
    public string Protocol => Name;

    /// <inheritdoc/>
    public SequenceDataset Dataset => _all.Dataset;

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Validation => _validation;

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Test => _all.Test;

    /// <inheritdoc/>
    public int TrainLength(int user) => _all.TrainLength(user);

    /// <inheritdoc/>
    public int RefitLength(int user) => _all.RefitLength(user);

    /// <inheritdoc/>
    public bool Trains(int item) => !_isNew[item];
}
