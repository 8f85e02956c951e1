using Tandem.Data;
using Tandem.Learning.Training;

namespace Tandem.Simulation.Drift;

/// <summary>Whom models learn from and whom they are asked about.</summary>
/// <param name="Dataset">Its users; some may be none to learn from.</param>
/// <param name="Learners">Users to learn from; the last event of each is kept to choose the epoch by.</param>
/// <param name="Histories">[asked users][events before and after the switch] item ids, oldest first.</param>
/// <param name="Unswitched">
/// [asked users][events] the same users had they not switched: alike up to the switch, then their own events.
/// </param>
/// <param name="MaskSeen">True where nobody takes an item twice, so that items of the history are left out of rankings.</param>
public sealed record DriftStudy(SequenceDataset Dataset, IReadOnlySet<int> Learners, int[][] Histories, int[][] Unswitched, bool MaskSeen)
{
    private const int MostPairs = 500;
    private const int MostValidated = 500;

    /// <summary>What may be learned from the users of the data set.</summary>
    public TrainingSequences Sequences =>
        Dataset.Prefixes(user => Learners.Contains(user) ? Math.Max(0, Dataset.Sequence(user).Length - 1) : 0);

    /// <summary>By what the epoch is chosen: last events of learners, 500 at most.</summary>
    public RankedCases Validation()
    {
        var users = Learners.Where(user => Dataset.Sequence(user).Length > 1).Order().Take(MostValidated).ToArray();
        return new(users.Length, i => Dataset.Prefix(users[i], Dataset.Sequence(users[i]).Length - 1), i => Dataset.Sequence(users[i])[^1]);
    }

    /// <summary>A generated world.</summary>
    public static DriftStudy Generate(DriftWorldOptions world, DriftOptions options)
    {
        var (generated, events) = (new DriftWorld(world), options.SwitchAt + options.Horizon);
        return new(
            generated.Training(events), Enumerable.Range(0, world.Users).ToHashSet(),
            generated.Switching(options.SwitchAt, events), generated.Switching(events, events), MaskSeen: false);
    }

    /// <summary>
    /// Users of a data set, drawn at random: pairs of those with enough events are spliced, 500 pairs at most; of the others models learn.
    /// </summary>
    /// <param name="dataset">In which nobody has an item twice.</param>
    /// <param name="users">Most users to learn from; 0 for all. A third of the data set's are kept for it.</param>
    /// <param name="options">Where the switch is.</param>
    /// <exception cref="DatasetException">No two users have enough events.</exception>
    public static DriftStudy Splice(SequenceDataset dataset, int users, DriftOptions options)
    {
        var order = Enumerable.Range(0, dataset.Users).ToArray();
        NamedSeed.Create(options.Seed, "drift users").Shuffle(order);
        var (kept, events) = (dataset.Users / 3, 2 * (options.SwitchAt + options.Horizon)); // twice: items that both had leave some over
        var able = order[kept..].Where(user => dataset.Sequence(user).Length >= events).ToArray();
        var (histories, unswitched, asked) = DriftSplice.Pair(dataset, able, MostPairs, options);
        if (histories.Length == 0)
            throw new DatasetException("no two users can be spliced", dataset.Name, $"users of {events} events", "give longer histories");
        var learners = order.Where(user => !asked.Contains(user)).Take(users == 0 ? int.MaxValue : users).ToHashSet();
        return new(dataset, learners, histories, unswitched, MaskSeen: true);
    }
}
