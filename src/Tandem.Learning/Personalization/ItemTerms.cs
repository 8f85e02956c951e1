using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tandem.Learning.Personalization;

/// <summary>What each item of a catalogue is like, as a set of terms: its categories, or its codes of all levels.</summary>
public sealed class ItemTerms
{
    private readonly int[][] _terms;

    /// <param name="count">Number of terms; they count from 0.</param>
    /// <param name="terms">[V] distinct terms of the items 1 … V; empty where nothing is known of one.</param>
    /// <exception cref="ArgumentException">There are no items, or a term is out of its range.</exception>
    public ItemTerms(int count, IReadOnlyList<IReadOnlyList<int>> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (terms.Count == 0) throw new ArgumentException("terms of no items; give those of a catalogue", nameof(terms));
        _terms = [.. terms.Select(own => own.Distinct().ToArray())];
        if (_terms.Any(own => own.Any(term => term < 0 || term >= count)))
            throw new ArgumentException($"a term is not in 0 … {count - 1}; terms count from 0", nameof(terms));
        Count = count;
        Most = _terms.Max(own => own.Length);
    }

    /// <summary>Number of terms.</summary>
    public int Count { get; }

    /// <summary>V.</summary>
    public int Items => _terms.Length;

    /// <summary>Most terms of an item.</summary>
    public int Most { get; }

    /// <summary>Terms of an item.</summary>
    /// <param name="item">1 … V.</param>
    public ReadOnlySpan<int> this[int item] => _terms[item - 1];

    /// <summary>Names the assignment: the first 16 hexadecimal digits of its SHA-256.</summary>
    public string Version
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var own in _terms)
            {
                hash.AppendData(MemoryMarshal.AsBytes<int>([own.Length]));
                hash.AppendData(MemoryMarshal.AsBytes<int>(own));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
        }
    }
}
