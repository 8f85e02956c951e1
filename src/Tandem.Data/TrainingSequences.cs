using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tandem.Data;

/// <summary>What may be learned from: sequences of events over one catalogue, one a user unless the learner says otherwise.</summary>
public sealed class TrainingSequences
{
    private readonly Func<int, History> _sequence;
    private readonly Lazy<string> _hash;

    /// <param name="items">V: ids run from 1 to V.</param>
    /// <param name="count">Number of sequences.</param>
    /// <param name="sequence">
    /// Gives sequence 0 … <paramref name="count"/> − 1, oldest event first; the same at every call, from any thread.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public TrainingSequences(int items, int count, Func<int, History> sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(sequence);
        (Items, Count, _sequence, _hash) = (items, count, sequence, new(HashOfItems));
    }

    /// <summary>V: ids run from 1 to V.</summary>
    public int Items { get; }

    /// <summary>Number of sequences; they count from 0.</summary>
    public int Count { get; }

    /// <summary>
    /// Names which items are learned in which order: the first 16 hexadecimal digits of SHA-256 over each sequence's length and items, as
    /// little-endian bytes. The same data cut elsewhere has another.
    /// </summary>
    public string Hash => _hash.Value;

    /// <summary>The sequence of a user, oldest event first; may be empty.</summary>
    /// <param name="user">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public History this[int user]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)user, (uint)Count, nameof(user));
            return _sequence(user);
        }
    }

    /// <summary>How many events there are with each item: [V + 1], of which place 0 stays 0.</summary>
    public long[] CountByItem()
    {
        var counts = new long[Items + 1];
        for (var user = 0; user < Count; user++)
        {
            foreach (var item in _sequence(user).Items.Span) counts[item]++;
        }

        return counts;
    }

    /// <summary>Sequences that are in memory.</summary>
    /// <param name="items">V.</param>
    /// <param name="sequences">[users][events] item ids, oldest first.</param>
    public static TrainingSequences Of(int items, params IReadOnlyList<int[]> sequences) =>
        new(items, sequences.Count, user => sequences[user]);

    private string HashOfItems()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var user = 0; user < Count; user++)
        {
            var items = _sequence(user).Items.Span;
            // The length before each sequence keeps a cut that moves from one user to the next apart.
            hash.AppendData(BitConverter.GetBytes(items.Length));
            hash.AppendData(MemoryMarshal.AsBytes(items));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
