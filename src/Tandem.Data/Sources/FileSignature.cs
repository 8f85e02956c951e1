namespace Tandem.Data.Sources;

/// <summary>What the first bytes of a file say that it is.</summary>
internal static class FileSignature
{
    /// <summary>Bytes that are enough to tell.</summary>
    public const int Size = 16;

    public static bool IsGzip(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);

    public static bool IsParquet(ReadOnlySpan<byte> head) => head.StartsWith("PAR1"u8);

    /// <summary>The packed or binary form that the file has and that is not read as text; null for what may be text.</summary>
    public static string? Foreign(ReadOnlySpan<byte> head) =>
        head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8) ? "a zip archive"
        : head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? "packed with zstd"
        : head.StartsWith((ReadOnlySpan<byte>)[0xFD, .. "7zXZ"u8]) ? "packed with xz"
        : head.StartsWith((ReadOnlySpan<byte>)[.. "7z"u8, 0xBC, 0xAF]) ? "a 7z archive"
        : head.StartsWith((ReadOnlySpan<byte>)[0x04, 0x22, 0x4D, 0x18]) ? "packed with lz4"
        : head.Length >= 10 && head.StartsWith("BZh"u8) && head[4..].StartsWith("1AY&SY"u8) ? "packed with bzip2"
        : IsParquet(head) ? "a Parquet file"
        : head.StartsWith("PARE"u8) ? "an encrypted Parquet file"
        : null;

    /// <summary>True where a byte is none that text has, in any encoding of one byte a character or in UTF-8.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> head) =>
        head.ContainsAnyInRange((byte)0, (byte)8) || head.ContainsAnyInRange((byte)14, (byte)31);
}
