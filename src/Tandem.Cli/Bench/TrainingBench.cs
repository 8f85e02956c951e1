using System.Diagnostics;
using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning.Backbones;
using Tandem.Learning.Training;

namespace Tandem.Cli.Bench;

/// <summary>How long an epoch and an evaluation take, on real data and as generated work grows.</summary>
internal static class TrainingBench
{
    private const int Epochs = 4;

    /// <summary>
    /// Seconds of an epoch of SASRec, 64 dims and 1 block, on what <c>loo</c> trains on: the median of all epochs but the first.
    /// </summary>
    public static double SecondsPerEpoch(SequenceDataset dataset, SequenceRecipe recipe)
    {
        var split = new LeaveOneOut(dataset);
        var (_, result) = recipe.Train(dataset, dataset.Prefixes(split.TrainLength), validation: null);
        var seconds = result.Epochs.Skip(1).Select(e => e.Seconds).Order().ToArray();
        return seconds[seconds.Length / 2];
    }

    /// <summary>Seconds to rank all test events of <c>loo</c> over the whole catalogue, the best of three.</summary>
    public static double SecondsPerEvaluation(SequenceDataset dataset, SequenceRecipe recipe)
    {
        var cases = RankedCases.Of(dataset, new LeaveOneOut(dataset).Test.ToArray());
        using var scorer = new SequenceScorer(recipe.Build(dataset.Catalog.Count));
        return Enumerable.Range(0, 3).Min(_ =>
        {
            var clock = Stopwatch.StartNew();
            FullRanking.Ranks(scorer, cases, maskSeen: true);
            return clock.Elapsed.TotalSeconds;
        });
    }

    /// <summary>The model of the bench.</summary>
    /// <param name="window">Longest history, in items.</param>
    /// <param name="tokenBudget">Places of a batch.</param>
    public static SequenceRecipe Recipe(int window, int tokenBudget) => new()
    {
        Backbone = new SasRecOptions { Window = window },
        Loss = new() { TokenBudget = tokenBudget },
        Training = new() { Epochs = Epochs, Seed = 1 },
    };

    /// <summary>
    /// Sequences of random lengths, by default 3 to 17, over items drawn by popularity ∝ 1 / rank: their content is of no matter to the
    /// time.
    /// </summary>
    public static SequenceDataset Generate(int users, int items, int shortest = 3, int longest = 17)
    {
        var random = NamedSeed.Create(1, "bench", users, items);
        var offsets = new int[users + 1];
        for (var user = 0; user < users; user++) offsets[user + 1] = offsets[user] + random.Next(shortest, longest + 1);
        var sequence = new int[offsets[^1]];
        for (var i = 0; i < sequence.Length; i++) sequence[i] = Math.Min(items, (int)Math.Pow(items + 1, random.NextDouble()));
        var times = new long[sequence.Length];
        for (var user = 0; user < users; user++)
        {
            for (var i = offsets[user]; i < offsets[user + 1]; i++) times[i] = i - offsets[user];
        }

        var catalog = new Catalog(Enumerable.Range(1, items).Select(i => new ItemDescription($"{i}", null, [], null)));
        return new("generated", "bench", catalog, seed: 1, hasTimes: false, [.. Enumerable.Range(0, users).Select(u => $"{u}")], offsets,
            sequence, times);
    }
}
