using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Storage;

/// <summary>
/// SHA-256 over what a safetensors file holds, whatever its layout: metadata by key, then tensors by name, each part after its length.
/// The digest itself is left out, so that it can stand in the metadata.
/// </summary>
internal static class SnapshotDigest
{
    public const string Key = "sha256";

    /// <returns>64 hexadecimal digits.</returns>
    public static string Of(SafetensorsFile file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, value) in file.Metadata.Where(pair => pair.Key != Key).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(hash, Encoding.UTF8.GetBytes(key));
            Append(hash, Encoding.UTF8.GetBytes(value));
        }

        foreach (var (name, tensor) in file.Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(hash, Encoding.UTF8.GetBytes(name));
            Append(hash, Encoding.UTF8.GetBytes($"{tensor.Type} {string.Join(' ', tensor.Shape)}"));
            Append(hash, tensor.Bytes.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // The length before each part keeps "a", "bc" and "ab", "c" apart.
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
