using Tandem.Data;

namespace Tandem.Simulation.Drift;

/// <summary>A switch between two real tastes: the first events of one user, then those of another.</summary>
public static class DriftSplice
{
    /// <summary>
    /// One history of two users. Both keep their order; nobody has an item twice, so what the first had is left out of the second.
    /// </summary>
    /// <param name="first">[N] items of the user before the switch.</param>
    /// <param name="second">[N] items of the user after it. They are taken from the place of the switch on, as the first user's own would
    /// have been: early events are easier to predict than late ones.</param>
    /// <param name="switchAt">How many of the first user's events are taken.</param>
    /// <param name="horizon">How many of the second user's.</param>
    /// <returns>[switchAt + horizon], or null where one of them has too few events.</returns>
    public static int[]? Join(ReadOnlySpan<int> first, ReadOnlySpan<int> second, int switchAt, int horizon)
    {
        if (first.Length < switchAt || second.Length < switchAt) return null;
        var joined = new List<int>(switchAt + horizon);
        joined.AddRange(first[..switchAt]);
        var had = joined.ToHashSet();
        foreach (var item in second[switchAt..])
        {
            if (joined.Count == switchAt + horizon) break;
            if (had.Add(item)) joined.Add(item);
        }

        return joined.Count == switchAt + horizon ? [.. joined] : null;
    }

    /// <summary>Pairs users, each in one pair, until there are enough.</summary>
    /// <param name="dataset">Gives their events.</param>
    /// <param name="users">In the order to pair them.</param>
    /// <param name="pairs">Most pairs.</param>
    /// <param name="options">Where the switch is.</param>
    /// <returns>The histories; the first users' own, as long; and all users in them.</returns>
    public static (int[][] Histories, int[][] Unswitched, IReadOnlySet<int> Users) Pair(
        SequenceDataset dataset, ReadOnlySpan<int> users, int pairs, DriftOptions options)
    {
        var (histories, unswitched, taken) = (new List<int[]>(), new List<int[]>(), new HashSet<int>());
        for (var i = 0; i + 1 < users.Length && histories.Count < pairs; i += 2)
        {
            var (first, second) = (users[i], users[i + 1]);
            if (dataset.Sequence(first).Length < options.SwitchAt + options.Horizon) continue;
            if (Join(dataset.Sequence(first), dataset.Sequence(second), options.SwitchAt, options.Horizon) is not { } joined) continue;
            histories.Add(joined);
            unswitched.Add([.. dataset.Sequence(first)[..joined.Length]]);
            taken.UnionWith([first, second]);
        }

        return ([.. histories], [.. unswitched], taken);
    }
}
