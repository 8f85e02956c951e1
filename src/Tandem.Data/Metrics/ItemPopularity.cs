using Tandem.Data.Splits;

namespace Tandem.Data.Metrics;

/// <summary>
/// How many users have an item among the events that train: repeats of one user count once, and no event that is to be predicted counts.
/// </summary>
public sealed class ItemPopularity
{
    private readonly int[] _users;

    /// <summary>Takes known counts.</summary>
    /// <param name="usersOfItem">[V + 1] users that have the item, by item id; entry 0 is padding and ignored.</param>
    /// <param name="users">All users, from which shares are taken.</param>
    /// <exception cref="ArgumentException">There is no item or no user, or a count is not from 0 to <paramref name="users"/>.</exception>
    public ItemPopularity(IEnumerable<int> usersOfItem, int users)
    {
        _users = [.. usersOfItem];
        Users = users;
        if (_users.Length < 2 || users < 1)
            throw new ArgumentException($"{_users.Length - 1} items and {users} users; expected one of each at least");
        for (var item = 1; item < _users.Length; item++)
        {
            if (_users[item] < 0 || _users[item] > users)
                throw new ArgumentException($"item {item} has {_users[item]} users; expected 0 to {users}");
        }
    }

    /// <summary>All users, from which shares are taken.</summary>
    public int Users { get; }

    /// <summary>V, the number of items.</summary>
    public int Items => _users.Length - 1;

    /// <summary>Users that have the item.</summary>
    /// <param name="item">From 1 to V.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public int this[int item] => item >= 1 && item < _users.Length
        ? _users[item]
        : throw new ArgumentOutOfRangeException(nameof(item), item, $"item ids run from 1 to {Items}");

    /// <summary>Counts the events that train; users without any are no users here.</summary>
    /// <param name="split">Says what trains.</param>
    public static ItemPopularity OfTraining(ISplit split)
    {
        var refit = SplitProtocol.Refits(split.Protocol);
        var counts = new int[split.Dataset.Catalog.Count + 1];
        var users = 0;
        for (var user = 0; user < split.Dataset.Users; user++)
        {
            var items = split.Dataset.Sequence(user)[..(refit ? split.RefitLength(user) : split.TrainLength(user))].ToArray();
            foreach (var item in items.Distinct().Where(split.Trains)) counts[item]++;
            users += items.Length > 0 ? 1 : 0;
        }

        return new(counts, users);
    }

    /// <summary>Share of users that have the item.</summary>
    /// <inheritdoc cref="this" path="/param|/exception"/>
    public double Share(int item) => (double)this[item] / Users;
}
