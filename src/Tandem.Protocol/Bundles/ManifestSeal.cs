using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Tandem.Protocol.Bundles;

/// <summary>The hash of a manifest within it: of all its bytes, the hash's own digits taken for zeros.</summary>
internal static class ManifestSeal
{
    /// <summary>What stands there before the hash is known.</summary>
    public static readonly string Zeros = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>Puts the hash in the place of the zeros.</summary>
    /// <param name="json">A manifest with <see cref="Zeros"/>, changed in place.</param>
    public static void Put(Span<byte> json)
    {
        var hash = HashOf(json);
        var zeros = json.IndexOf("\"manifestSha256\""u8);
        zeros += json[zeros..].IndexOf(Encoding.ASCII.GetBytes(Zeros));
        Encoding.ASCII.GetBytes(hash, json[zeros..]);
    }

    /// <summary>Checks the hash.</summary>
    /// <param name="json">A manifest.</param>
    /// <param name="found">What it says of itself.</param>
    /// <param name="fault">Why it is refused, or null.</param>
    public static bool IsWhole(ReadOnlySpan<byte> json, string found, [NotNullWhen(false)] out string? fault)
    {
        var digits = Encoding.UTF8.GetBytes(found);
        var at = json.IndexOf(digits);
        fault = "manifest.json does not have the hash that it says: it was changed or damaged; fetch it again, or export the bundle again";
        if (digits.Length != Zeros.Length || at < 0) return false;
        var bare = json.ToArray();
        Encoding.ASCII.GetBytes(Zeros, bare.AsSpan(at));
        if (HashOf(bare) == found) fault = null;
        return fault is null;
    }

    private static string HashOf(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json));
}
