using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tandem.Device.Storage;

/// <summary>
/// The first 64 bytes of an event log, little-endian: magic [8], format [4], zeros [4], events before the first record [8], SHA-256
/// of the catalogue version [32], zeros [4], CRC-32C of all that [4]. Its size is fixed, so a shorter file can hold no event.
/// </summary>
/// <remarks>It names no model: a user's events outlive every model, but not the numbering of the items.</remarks>
internal static class EventLogHeader
{
    public const int SizeBytes = 64;

    private const int Format = 1;
    private const int FormatAt = 8;
    private const int BaseCountAt = 16;
    private const int CatalogAt = 24;
    private const int ChecksumAt = 60;

    private static ReadOnlySpan<byte> Magic => "TANDEMEV"u8;

    /// <param name="header">[<see cref="SizeBytes"/>] receives the header.</param>
    /// <param name="catalogVersion">The numbering of the items.</param>
    /// <param name="baseCount">Events before the first record.</param>
    public static void Write(Span<byte> header, string catalogVersion, long baseCount)
    {
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[FormatAt..], Format);
        BinaryPrimitives.WriteInt64LittleEndian(header[BaseCountAt..], baseCount);
        HashOf(catalogVersion).CopyTo(header[CatalogAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumAt..], Crc32C.Append(0, header[..ChecksumAt]));
    }

    /// <summary>Why a file is none of ours, or null. A header that ends too early, at a crash, is no fault of that kind.</summary>
    /// <param name="header">[0 … <see cref="SizeBytes"/>] the start of the file, whole or cut off by the file's end.</param>
    /// <param name="catalogVersion">The numbering of the items that the device uses.</param>
    public static string? FaultOf(ReadOnlySpan<byte> header, string catalogVersion)
    {
        if (!Magic.StartsWith(header[..Math.Min(header.Length, Magic.Length)]))
            return "is no event log; choose another path";
        if (header.Length >= FormatAt + sizeof(int)
            && BinaryPrimitives.ReadInt32LittleEndian(header[FormatAt..]) is var format and not Format)
            return $"has format {format}, this build reads format {Format}; update the app";
        if (header.Length < SizeBytes) return null;
        if (Checksum(header) != Crc32C.Append(0, header[..ChecksumAt]) || BaseCount(header) < 0)
            return "has a damaged header; restore it from a copy, or delete it and begin anew";
        return header[CatalogAt..(CatalogAt + SHA256.HashSizeInBytes)].SequenceEqual(HashOf(catalogVersion))
            ? null
            : $"numbers items by another catalogue than {catalogVersion}; keep a log for each catalogue";
    }

    public static long BaseCount(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt64LittleEndian(header[BaseCountAt..]);

    /// <summary>From here the checksums of the records go on.</summary>
    public static uint Checksum(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumAt..]);

    private static byte[] HashOf(string catalogVersion) => SHA256.HashData(Encoding.UTF8.GetBytes(catalogVersion));
}
