using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tandem.Data;

/// <summary>
/// The sequences of all users in flat arrays: user u's events are <c>offsets[u] … offsets[u + 1] - 1</c> of
/// <c>items</c>, <c>times</c> and <c>values</c>. Users count from 0, items from 1.
/// </summary>
public sealed class SequenceDataset
{
    private readonly int[] _offsets;
    private readonly int[] _items;
    private readonly long[] _times;
    private readonly float[] _values;

    /// <summary>Takes the arrays as they are, without a copy: the caller no longer writes to them.</summary>
    /// <param name="name">The data set's name, for reports.</param>
    /// <param name="source">The kind of source that it was read from.</param>
    /// <param name="catalog">The items, under the numbers that <paramref name="items"/> uses.</param>
    /// <param name="seed">The seed that drew the item numbers.</param>
    /// <param name="hasTimes">True when <paramref name="times"/> are unix seconds, false when they are positions.</param>
    /// <param name="userKeys">[users] the source's own names of the users.</param>
    /// <param name="offsets">[users + 1] from 0 to the number of events, never falling.</param>
    /// <param name="items">[events] item ids from 1, user after user, oldest first.</param>
    /// <param name="times">[events] never falling within a user.</param>
    /// <param name="values">[events] finite ratings or other strengths; null or empty where all are 1.</param>
    /// <exception cref="ArgumentException">The arrays do not fit together.</exception>
    public SequenceDataset(
        string name, string source, Catalog catalog, int seed, bool hasTimes,
        IReadOnlyList<string> userKeys, int[] offsets, int[] items, long[] times, float[]? values = null)
    {
        Name = name;
        Source = source;
        Catalog = catalog;
        Seed = seed;
        HasTimes = hasTimes;
        UserKeys = userKeys;
        (_offsets, _items, _times, _values) = (offsets, items, times, values ?? []);
        if (FindFault() is { } fault)
            throw new ArgumentException(fault);
        Hash = HashOfContent();
    }

    /// <summary>The data set's name, for reports.</summary>
    public string Name { get; }

    /// <summary>The kind of source that it was read from.</summary>
    public string Source { get; }

    /// <summary>The items.</summary>
    public Catalog Catalog { get; }

    /// <summary>The seed that drew the item numbers.</summary>
    public int Seed { get; }

    /// <summary>What was left out of the source.</summary>
    public PreparationOptions Preparation { get; init; } = new();

    /// <summary>What was noticed while the source was read.</summary>
    public ReadingNotes Reading { get; init; } = new();

    /// <summary>
    /// Names the content: SHA-256 in hexadecimal over offsets, items, times and, where there are any, values, as little-endian bytes.
    /// </summary>
    public string Hash { get; }

    /// <summary>Number of users; they count from 0.</summary>
    public int Users => _offsets.Length - 1;

    /// <summary>Number of events of all users.</summary>
    public int Interactions => _items.Length;

    /// <summary>True when times are unix seconds, false when they are positions within the user's sequence.</summary>
    public bool HasTimes { get; }

    /// <summary>True when events have values of their own, false when each is 1.</summary>
    public bool HasValues => _values.Length > 0;

    /// <summary>[users] the source's own names of the users.</summary>
    public IReadOnlyList<string> UserKeys { get; }

    /// <summary>[events] item ids, user after user.</summary>
    internal ReadOnlyMemory<int> AllItems => _items;

    /// <summary>[events] times, user after user.</summary>
    internal ReadOnlyMemory<long> AllTimes => _times;

    /// <summary>[events] values, user after user; empty where all are 1.</summary>
    internal ReadOnlyMemory<float> AllValues => _values;

    /// <summary>[N] item ids of the user's events, oldest first.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such user.</exception>
    public ReadOnlySpan<int> Sequence(int user) => _items.AsSpan(_offsets[user].._offsets[user + 1]);

    /// <summary>[N] times of the user's events, oldest first: unix seconds, or positions where <see cref="HasTimes"/> is false.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such user.</exception>
    public ReadOnlySpan<long> Times(int user) => _times.AsSpan(_offsets[user].._offsets[user + 1]);

    /// <summary>[N] ratings or other strengths of the user's events, oldest first; empty where all are 1.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such user.</exception>
    public ReadOnlySpan<float> Values(int user) => HasValues ? _values.AsSpan(_offsets[user].._offsets[user + 1]) : [];

    /// <summary>The user's first events.</summary>
    /// <param name="user">From 0.</param>
    /// <param name="length">How many, at most all of the user's.</param>
    public History Prefix(int user, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _offsets[user + 1] - _offsets[user]);
        var first = _offsets[user];
        return new(
            _items.AsMemory(first, length),
            HasTimes ? _times.AsMemory(first, length) : default,
            HasValues ? _values.AsMemory(first, length) : default);
    }

    /// <summary>The first events of every user, to learn from.</summary>
    /// <param name="length">How many of a user's, such as <see cref="Splits.ISplit.TrainLength"/> says.</param>
    public TrainingSequences Prefixes(Func<int, int> length)
    {
        ArgumentNullException.ThrowIfNull(length);
        return new(Catalog.Count, Users, user => Prefix(user, length(user)));
    }

    private string? FindFault()
    {
        if (_offsets.Length != UserKeys.Count + 1)
            return $"{_offsets.Length} offsets for {UserKeys.Count} users; expected one more than users";
        if (_items.Length != _times.Length)
            return $"{_items.Length} items but {_times.Length} times; expected as many";
        if (HasValues && _values.Length != _items.Length)
            return $"{_items.Length} items but {_values.Length} values; expected as many, or none";
        if (_values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is >= 0 and var at)
            return $"event {at} has the value {_values[at]}; expected a finite number";
        if (_offsets[0] != 0 || _offsets[^1] != _items.Length)
            return $"offsets do not run from 0 to {_items.Length}, the number of events";
        for (var user = 0; user < Users; user++)
        {
            if (_offsets[user] > _offsets[user + 1])
                return $"offsets fall after user {user}; expected them never to fall";
        }

        for (var user = 0; user < Users; user++)
        {
            for (var i = _offsets[user] + 1; i < _offsets[user + 1]; i++)
            {
                if (_times[i - 1] > _times[i])
                    return $"times of user {user} fall; expected the oldest event first";
            }
        }

        foreach (var item in _items)
        {
            if (item < 1 || item > Catalog.Count)
                return $"item {item} is not in the catalog; expected 1 to {Catalog.Count}";
        }

        return null;
    }

    private string HashOfContent()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<int>(_offsets));
        hash.AppendData(MemoryMarshal.AsBytes<int>(_items));
        hash.AppendData(MemoryMarshal.AsBytes<long>(_times));
        hash.AppendData(MemoryMarshal.AsBytes<float>(_values));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
