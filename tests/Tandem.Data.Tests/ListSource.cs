using Tandem.Data.Preparation;
using Tandem.Data.Sources;

namespace Tandem.Data.Tests;

/// <summary>Events and items given by the test.</summary>
internal sealed class ListSource(IEnumerable<Interaction> events, params IEnumerable<ItemDescription> items) : IInteractionSource
{
    public string Name => "list";

    public bool HasTimes { get; init; } = true;

    public IEnumerable<Interaction> Read() => events;

    public IReadOnlyDictionary<string, ItemDescription> ReadItems() => items.ToDictionary(item => item.Key);

    /// <summary>A data set of given items, by user; ids are drawn anew.</summary>
    public static SequenceDataset DatasetOf(params IReadOnlyList<int[]> sequences) => DatasetPreparation.Prepare(
        new ListSource(sequences.SelectMany((items, user) => items.Select((item, t) => new Interaction($"u{user}", $"i{item}", t, 1)))),
        seed: 1);

    /// <summary>A data set whose user u has <c>lengths[u]</c> events, no item twice.</summary>
    public static SequenceDataset DatasetOf(params IEnumerable<int> lengths) => DatasetPreparation.Prepare(
        new ListSource(lengths.SelectMany((length, user) =>
            Enumerable.Range(0, length).Select(i => new Interaction($"u{user}", $"i{user}-{i}", i, 1)))),
        seed: 1);
}
