using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning.Codes.Generative;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Training;
using Tandem.Protocol.Messages;

namespace Tandem.Learning.Runs;

/// <summary>Lists of a cloud's model for training events that it has not learned.</summary>
public static class CloudLists
{
    private const int MostAtOnce = 1_024;

    /// <summary>
    /// The generator of a finished run: lists that a language model writes, or the best items of any other that scores them.
    /// </summary>
    /// <param name="run">Its folder.</param>
    /// <param name="dataset">That it was trained on.</param>
    public static ICandidateGenerator Open(string run, SequenceDataset dataset)
    {
        var recipe = RunRecipe.OfRun(run);
        return Of(ModelKinds.Find(recipe.Model).Load(recipe.Settings, dataset, run), dataset, TrainingJob.WeightsHash(run));
    }

    /// <summary>The generator of a run's model that is loaded already.</summary>
    /// <param name="scorer">The model.</param>
    /// <param name="dataset">That it was trained on.</param>
    /// <param name="version">Names its weights.</param>
    public static ICandidateGenerator Of(IItemScorer scorer, SequenceDataset dataset, string version)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return scorer is GenerativeScorer generative
            ? new GenerativeCandidates(generative.Search, dataset.Catalog.Version, version)
            : new ScoredCandidates(scorer, dataset.Catalog.Version, version);
    }

    /// <summary>
    /// Lists for the N events of each user before the validation target, which the cloud's model of <c>loo-age-N</c> has not learned, the
    /// target put first on each.
    /// </summary>
    /// <param name="options">Names a run under <c>loo-age-N</c>.</param>
    /// <param name="split">Of the training.</param>
    /// <param name="maskSeen">True to list no item of the history.</param>
    /// <param name="report">Receives how many are made of how many.</param>
    /// <param name="cancel">Stops between two batches.</param>
    /// <exception cref="RunException">The run cannot be used.</exception>
    public static ListCases Make(ListOptions options, ISplit split, bool maskSeen, Action<int, int> report, CancellationToken cancel)
    {
        var (run, dataset) = (options.Cloud!, split.Dataset);
        var age = Require(run, split);
        var generator = Open(run, dataset);
        var events = RankedCases.Of(dataset, Events(split, age).ToArray());
        var lists = Of(generator, events, options.Length, maskSeen, report, cancel);
        var candidates = new int[events.Count][];
        for (var i = 0; i < candidates.Length; i++)
        {
            var target = events.Target(i);
            int[] listed = [.. lists[i].Where(item => item != target)];
            candidates[i] = [target, .. listed, .. Fragments(options, target, listed, dataset, i)];
        }

        return new([.. Enumerable.Range(0, events.Count).Select(events.History)], candidates);
    }

    /// <summary>A generator's list for each case, best first.</summary>
    /// <param name="generator">Of the cases' items.</param>
    /// <param name="cases">Their histories are asked about.</param>
    /// <param name="length">Most items of a list.</param>
    /// <param name="maskSeen">True to list no item of the history.</param>
    /// <param name="report">Receives how many are made of how many.</param>
    /// <param name="cancel">Stops between two batches.</param>
    internal static int[][] Of(
        ICandidateGenerator generator, RankedCases cases, int length, bool maskSeen, Action<int, int> report, CancellationToken cancel)
    {
        var (made, all) = (0, new int[cases.Count][]);
        // Sorted by length, a chunk has few lengths and so full batches.
        foreach (var chunk in Enumerable.Range(0, cases.Count).OrderBy(i => cases.History(i).Length).Chunk(MostAtOnce))
        {
            var lists = generator.GenerateAsync([.. chunk.Select(i => Request(generator, cases.History(i), length, maskSeen))], cancel)
                .AsTask().GetAwaiter().GetResult();
            for (var k = 0; k < chunk.Length; k++) all[chunk[k]] = [.. lists[k].Items];
            report(made += chunk.Length, all.Length);
        }

        return all;
    }

    /// <summary>
    /// The events before validation that a model of the age has not learned, the first of a user's excepted: nothing precedes it.
    /// </summary>
    /// <param name="split">Of the device's model, which may be of that age, too.</param>
    /// <param name="age">Of the cloud's model.</param>
    private static IEnumerable<EvaluatedEvent> Events(ISplit split, int age)
    {
        var behind = (split as EarlierTraining)?.Age ?? 0;
        for (var user = 0; user < split.Dataset.Users; user++)
        {
            var length = split.TrainLength(user) + behind;
            for (var place = Math.Max(1, length - age); place < length; place++)
                if (split.Trains(split.Dataset.Sequence(user)[place])) yield return new(user, place);
        }
    }

    private static IEnumerable<int> Fragments(ListOptions options, int target, int[] listed, SequenceDataset dataset, int number)
    {
        if (options.Fragments == 0) return [];
        var random = NamedSeed.Create(dataset.Seed, "fragments", number);
        return NumberFragments.Recombine(listed, dataset.Catalog.Count, random).Where(item => item != target).Take(options.Fragments);
    }

    private static CandidateRequest Request(ICandidateGenerator generator, History history, int length, bool maskSeen) => new()
    {
        CatalogVersion = generator.CatalogVersion,
        History = history.Items.ToArray(),
        Times = history.Times.IsEmpty ? null : history.Times.ToArray(),
        Values = history.Values.IsEmpty ? null : history.Values.ToArray(),
        Count = length,
        IncludeSeen = !maskSeen,
    };

    /// <summary>N of the run's protocol.</summary>
    private static int Require(string run, ISplit split)
    {
        var recipe = FinishedRun.Require("lists.cloud", run, split.Dataset);
        var fits = split.Protocol == EarlierTraining.NameOf(0) || split.Protocol == recipe.Protocol;
        return fits && EarlierTraining.AgeIn(recipe.Protocol) is { } age
            ? age
            : throw new RunException(
                $"lists.cloud {run}: trained under {recipe.Protocol}, and the device's model under {split.Protocol}; lists are of use "
                + "where they are made for events that the cloud's model has not learned: train it with --protocol loo-age-2, and the "
                + "device's model with --protocol loo or loo-age-2");
    }
}
