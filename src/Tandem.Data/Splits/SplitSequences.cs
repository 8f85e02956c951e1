namespace Tandem.Data.Splits;

/// <summary>What a split lets learn from.</summary>
public static class SplitSequences
{
    /// <summary>What trains of every user, items that are new to every model left out.</summary>
    /// <param name="split">Says what trains.</param>
    /// <param name="refit">True for what is learned once settings are chosen.</param>
    public static TrainingSequences Training(this ISplit split, bool refit)
    {
        ArgumentNullException.ThrowIfNull(split);
        var (dataset, length) = (split.Dataset, (Func<int, int>)(refit ? split.RefitLength : split.TrainLength));
        return Enumerable.Range(1, dataset.Catalog.Count).All(split.Trains)
            ? dataset.Prefixes(length)
            : new(dataset.Catalog.Count, dataset.Users, user => dataset.Prefix(user, length(user)).Where(split.Trains));
    }
}
