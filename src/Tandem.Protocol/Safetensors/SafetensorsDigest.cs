using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tandem.Protocol.Safetensors;

/// <summary>
/// SHA-256 over what a safetensors file holds, whatever its layout: metadata by key, then tensors by name, each part after its length.
/// The digest itself is left out, so that it can stand in the metadata.
/// </summary>
internal static class SafetensorsDigest
{
    /// <param name="file">With or without its digest.</param>
    /// <param name="key">Of the metadata under which the digest stands.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Of(SafetensorsFile file, string key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, value) in file.Metadata.Where(pair => pair.Key != key).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(hash, Encoding.UTF8.GetBytes(name));
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

    /// <summary>A writer's file with its digest.</summary>
    /// <param name="writer">Gets the digest among its metadata.</param>
    /// <param name="key">Of the metadata.</param>
    public static byte[] Seal(SafetensorsWriter writer, string key)
    {
        if (!SafetensorsFile.TryParse(writer.ToArray(), out var file, out var fault)) throw new InvalidOperationException(fault);
        writer.Metadata[key] = Of(file, key);
        return writer.ToArray();
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
