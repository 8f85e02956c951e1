using Tandem.Data;
using Tandem.Data.Splits;

namespace Tandem.Learning.Training;

/// <summary>Histories, each with the item that came next and is to be ranked.</summary>
/// <param name="Count">How many; they count from 0.</param>
/// <param name="History">What is known in a case, oldest first.</param>
/// <param name="Target">The item that came next.</param>
public sealed record RankedCases(int Count, Func<int, History> History, Func<int, int> Target)
{
    /// <summary>Events of a data set, each predicted from all that its user did before.</summary>
    public static RankedCases Of(SequenceDataset dataset, ReadOnlyMemory<EvaluatedEvent> events) => new(
        events.Length,
        i => dataset.Prefix(events.Span[i].User, events.Span[i].Position),
        i => dataset.Sequence(events.Span[i].User)[events.Span[i].Position]);

    /// <summary>Some of the cases, in their order, drawn at random.</summary>
    /// <param name="most">How many; all where there are no more.</param>
    /// <param name="seed">Of the draw.</param>
    public RankedCases Sample(int most, int seed)
    {
        if (most >= Count) return this;
        var drawn = Enumerable.Range(0, Count).ToArray();
        NamedSeed.Create(seed, "sampled cases").Shuffle(drawn);
        int[] kept = [.. drawn.Take(most).Order()];
        return new(kept.Length, i => History(kept[i]), i => Target(kept[i]));
    }
}
