using Tandem.Data.Splits;

namespace Tandem.Cli;

/// <summary>
/// Whether leaving out seen items leaves anything: where every user has the whole catalogue, all lists are empty and no figure means
/// anything.
/// </summary>
internal static class LeftToRank
{
    /// <summary>Refuses a split of which no event has an item to rank.</summary>
    /// <param name="split">What is evaluated.</param>
    /// <param name="validation">True for its validation events, false for its test events.</param>
    /// <param name="maskSeen">Whether items of the history are left out.</param>
    /// <param name="remedy">How to rank them, too.</param>
    /// <exception cref="UsageException">Every event's history has all items.</exception>
    public static void Require(ISplit split, bool validation, bool maskSeen, string remedy)
    {
        var items = split.Dataset.Catalog.Count;
        if (!maskSeen) return;
        foreach (var e in validation ? split.Validation : split.Test)
        {
            if (e.Position < items || split.Dataset.Prefix(e.User, e.Position).Items.ToArray().Distinct().Count() < items) return;
        }

        throw new UsageException(
            $"every {(validation ? "validation" : "test")} user has {(items == 1 ? "the only item" : $"all {items} items")} already; "
            + $"nothing is left to rank; use {remedy}, or data with more items");
    }
}
