using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tandem.Data;

namespace Tandem.Learning.Training;

/// <summary>Lists with the target that came next: what a listwise loss learns from.</summary>
/// <param name="Histories">[N] what was known when the list was made, oldest first; at least one event each.</param>
/// <param name="Candidates">[N][2 or more] distinct items, the target first.</param>
public sealed record ListCases(IReadOnlyList<History> Histories, IReadOnlyList<int[]> Candidates)
{
    /// <summary>N.</summary>
    public int Count => Histories.Count;

    /// <summary>Of all cases: a training is continued with the same ones only.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < Count; i++)
        {
            hash.AppendData(MemoryMarshal.AsBytes(Histories[i].Items.Span));
            hash.AppendData(MemoryMarshal.AsBytes<int>(Candidates[i]));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
