using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Tandem.Data;

namespace Tandem.Learning.Training;

/// <summary>The text by which a checkpoint knows its run: recipe, data, and what of the data is learned from.</summary>
internal static class TrainingSettings
{
    /// <param name="recipe">Every option.</param>
    /// <param name="dataset">Gives users and hash.</param>
    /// <param name="sequence">What is learned from each user: the same data cut elsewhere is another run.</param>
    /// <param name="isHeldOut">Whether validation chooses the epoch.</param>
    /// <param name="ids">Version of the semantic ids, where the model speaks in them.</param>
    public static string Describe(
        object recipe, SequenceDataset dataset, Func<int, History> sequence, bool isHeldOut, string? ids = null) =>
        JsonSerializer.Serialize(new { Recipe = recipe, Data = dataset.Hash, Sequences = Hash(dataset.Users, sequence), HeldOut = isHeldOut, Ids = ids });

    private static string Hash(int users, Func<int, History> sequence)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var user = 0; user < users; user++)
        {
            var items = sequence(user).Items.Span;
            // The length before each sequence keeps a cut that moves from one user to the next apart.
            hash.AppendData(BitConverter.GetBytes(items.Length));
            hash.AppendData(MemoryMarshal.AsBytes(items));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
