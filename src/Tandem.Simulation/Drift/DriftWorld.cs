using System.Globalization;
using Tandem.Data;

namespace Tandem.Simulation.Drift;

/// <summary>
/// Users who take items of one taste, some more than others and some more than once, until they switch to another taste. Items belong to
/// several tastes and some events to none, so that a taste is told by many events and not by the last.
/// </summary>
public sealed class DriftWorld
{
    private readonly DriftWorldOptions _options;
    private readonly int[][] _tastes;
    private readonly double[] _cumulated; // [items of a taste] probability of this item or one before it

    /// <summary>Draws the tastes.</summary>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    public DriftWorld(DriftWorldOptions options)
    {
        if (options.Validate().ToArray() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        _options = options;
        var random = NamedSeed.Create(options.Seed, "drift tastes");
        var items = Enumerable.Range(1, options.Items).ToArray();
        _tastes = new int[options.Tastes][];
        for (var taste = 0; taste < _tastes.Length; taste++)
        {
            random.Shuffle(items);
            _tastes[taste] = items[..options.TasteItems];
        }

        _cumulated = Cumulate(options.TasteItems);
    }

    /// <summary>[tastes] the items of each, the likeliest first.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Tastes => _tastes;

    /// <summary>The users to learn from.</summary>
    /// <param name="events">Of each user, 2 or more.</param>
    public SequenceDataset Training(int events)
    {
        var items = new int[_options.Users * events];
        for (var user = 0; user < _options.Users; user++)
        {
            var random = NamedSeed.Create(_options.Seed, "drift training user", user);
            var switchAt = random.NextDouble() < _options.SwitchingShare ? random.Next(1, events) : events;
            Walk(random, switchAt, items.AsSpan(user * events, events));
        }

        return new SequenceDataset(
            "drift", nameof(DriftWorld), new Catalog(
                Enumerable.Range(1, _options.Items).Select(item => new ItemDescription(Key(item), null, [], null))),
            _options.Seed, hasTimes: false, [.. Enumerable.Range(0, _options.Users).Select(Key)],
            [.. Enumerable.Range(0,
                _options.Users + 1).Select(user => user * events)], items, [.. items.Select((_, i) => (long)(i % events))]);
    }

    /// <summary>The users who are asked: all of them switch at the same event, and none is among those of <see cref="Training"/>.</summary>
    /// <param name="switchAt">Place, from 0, of the first event of the new taste.</param>
    /// <param name="events">Of each user.</param>
    /// <returns>[test users][events] item ids, oldest first.</returns>
    public int[][] Switching(int switchAt, int events)
    {
        var users = new int[_options.TestUsers][];
        for (var user = 0; user < users.Length; user++)
            Walk(NamedSeed.Create(_options.Seed, "drift test user", user), switchAt, users[user] = new int[events]);
        return users;
    }

    private void Walk(Random random, int switchAt, Span<int> events)
    {
        var first = random.Next(_tastes.Length);
        var second = (first + random.Next(1, _tastes.Length)) % _tastes.Length;
        for (var i = 0; i < events.Length; i++) events[i] = Draw(random, _tastes[i < switchAt ? first : second]);
    }

    private int Draw(Random random, int[] taste)
    {
        if (random.NextDouble() < _options.Noise) return random.Next(1, _options.Items + 1);
        var place = Array.BinarySearch(_cumulated, random.NextDouble());
        return taste[Math.Min(place < 0 ? ~place : place + 1, taste.Length - 1)];
    }

    private static double[] Cumulate(int count)
    {
        var (sums, sum) = (new double[count], 0.0);
        for (var i = 0; i < count; i++) sums[i] = sum += 1.0 / (i + 1);
        return Array.ConvertAll(sums, part => part / sum);
    }

    private static string Key(int number) => number.ToString(CultureInfo.InvariantCulture);
}
