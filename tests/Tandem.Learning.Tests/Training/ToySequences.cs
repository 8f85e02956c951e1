using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Data.Splits;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Training;

/// <summary>Sequences with a known answer: after item i comes item i + 1, after V comes 1.</summary>
internal static class ToySequences
{
    public static SequenceDataset Cycle(int users, int items, int minEvents, int maxEvents)
    {
        var random = new Random(11);
        return Dataset(items, [.. Enumerable.Range(0, users).Select(_ =>
        {
            var first = random.Next(items);
            return Enumerable.Range(first, random.Next(minEvents, maxEvents + 1)).Select(i => i % items + 1).ToArray();
        })]);
    }

    public static SequenceDataset Dataset(TrainingSequences sequences) =>
        Dataset(sequences.Items, [.. Enumerable.Range(0, sequences.Count).Select(user => sequences[user].Items.ToArray())]);

    public static SequenceDataset Dataset(int items, int[][] sequences, Func<int, string?>? title = null)
    {
        var offsets = new int[sequences.Length + 1];
        for (var u = 0; u < sequences.Length; u++) offsets[u + 1] = offsets[u] + sequences[u].Length;
        var catalog = new Catalog(Enumerable.Range(1, items).Select(i => new ItemDescription($"item-{i}", title?.Invoke(i), [], null)));
        return new SequenceDataset(
            "toy", "test", catalog, seed: 1, hasTimes: false, [.. sequences.Select((_, u) => $"user-{u}")], offsets,
            [.. sequences.SelectMany(s => s)], [.. sequences.SelectMany(s => Enumerable.Range(0, s.Length).Select(t => (long)t))]);
    }

    /// <summary>The last item of every user, given those before.</summary>
    public static RankedCases LastItems(SequenceDataset data) =>
        RankedCases.Of(data, Enumerable.Range(0, data.Users).Select(u => new EvaluatedEvent(u, data.Sequence(u).Length - 1)).ToArray());

    /// <summary>All that the users did.</summary>
    public static TrainingSequences Whole(this SequenceDataset data) => data.Prefixes(user => data.Sequence(user).Length);

    /// <summary>All that they did but the last event.</summary>
    public static TrainingSequences ButLast(this SequenceDataset data) => data.Prefixes(user => data.Sequence(user).Length - 1);

    /// <summary>One batch that holds all sequences, in the order of their length.</summary>
    public static SequenceBatch Batch(params int[][] sequences)
    {
        var options = new TokenBudgetOptions { Window = 50, TokenBudget = 1000, MaxPadding = 1 };
        return Assert.Single(
            new TokenBudgetBatches(TrainingSequences.Of(sequences.Max(items => items.Max()), sequences), options).Epoch(seed: 1, epoch: 1));
    }
}
