using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tandem.Learning.Text;

/// <summary>By what a text is known in a file: the first 16 bytes of the SHA-256 of its UTF-8.</summary>
internal static class TextKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = 16;

    /// <summary>The key; its numeric order is that of the bytes.</summary>
    public static UInt128 Of(string text) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>32 hexadecimal digits for a list of texts, their order included.</summary>
    public static string OfAll(IReadOnlyList<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> key = stackalloc byte[Size];
        foreach (var text in texts)
        {
            BinaryPrimitives.WriteUInt128BigEndian(key, Of(text));
            hash.AppendData(key);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, Size));
    }
}
