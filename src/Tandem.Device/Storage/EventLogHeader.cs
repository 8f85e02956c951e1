using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tandem.Device.Storage;

/// <summary>
/// The first 64 bytes of an event log, little-endian: magic [8], format [4], origin [4], events before the first record [8], SHA-256
/// of the catalogue version [32], zeros [4], CRC-32C of all that [4]. Its size is fixed, so a shorter file can hold no event.
/// </summary>
/// <remarks>It names no model: a user's events outlive every model, but not the numbering of the items.</remarks>
internal static class EventLogHeader
{
    public const int SizeBytes = 64;

    /// <summary>More than any user lives to see; numbers of events that are added to it stay in 64 bits.</summary>
    public const long MostEvents = 1L << 48;

    private const int Format = 1;
    private const int FormatAt = 8;
    private const int OriginAt = 12;
    private const int BaseCountAt = 16;
    private const int CatalogAt = 24;
    private const int ChecksumAt = 60;

    private static ReadOnlySpan<byte> Magic => "TANDEMEV"u8;

    /// <param name="header">[<see cref="SizeBytes"/>] receives the header.</param>
    /// <param name="catalogVersion">The numbering of the items.</param>
    /// <param name="baseCount">Events before the first record.</param>
    /// <param name="origin">0 for a session's log; what tells the file from any other for an outbox.</param>
    public static void Write(Span<byte> header, string catalogVersion, long baseCount, uint origin = 0)
    {
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[FormatAt..], Format);
        BinaryPrimitives.WriteUInt32LittleEndian(header[OriginAt..], origin);
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
        {
            return $"has format {format}, this build reads format {Format}; update the app";
        }

        if (header.Length < SizeBytes) return null;
        if (!HasChecksum(header) || BaseCount(header) is < 0 or > MostEvents)
            return "has a damaged header; restore it from a copy, or delete it and begin anew";
        return header[CatalogAt..(CatalogAt + SHA256.HashSizeInBytes)].SequenceEqual(HashOf(catalogVersion))
            ? null
            : $"numbers items by another catalogue than {catalogVersion}; keep a log for each catalogue";
    }

    public static uint Origin(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[OriginAt..]);

    public static long BaseCount(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt64LittleEndian(header[BaseCountAt..]);

    /// <summary>From here the checksums of the records go on.</summary>
    public static uint Checksum(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumAt..]);

    /// <summary>
    /// Puts right the one bit that is wrong, where turning it makes a good header: the checksum tells it from any other. All events of the
    /// file would be lost with the header.
    /// </summary>
    /// <param name="header">[0 … <see cref="SizeBytes"/>] changed in place where there is such a bit.</param>
    /// <returns>False where the header is good, cut off, or not to be mended so.</returns>
    public static bool TryMend(Span<byte> header)
    {
        if (header.Length < SizeBytes || IsWhole(header)) return false;
        for (var bit = 0; bit < 8 * SizeBytes; bit++)
        {
            var mask = (byte)(1 << (bit & 7));
            header[bit >> 3] ^= mask;
            if (IsWhole(header)) return true;
            header[bit >> 3] ^= mask;
        }

        return false;
    }

    private static bool IsWhole(ReadOnlySpan<byte> header) => header.StartsWith(Magic) && HasChecksum(header);

    private static bool HasChecksum(ReadOnlySpan<byte> header) => Checksum(header) == Crc32C.Append(0, header[..ChecksumAt]);

    private static byte[] HashOf(string catalogVersion) => SHA256.HashData(Encoding.UTF8.GetBytes(catalogVersion));
}
