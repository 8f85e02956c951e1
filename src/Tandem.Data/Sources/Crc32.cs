using System.Buffers.Binary;

namespace Tandem.Data.Sources;

/// <summary>CRC-32 as gzip has it (RFC 1952 section 8), eight bytes a step.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    /// <summary>[8 × 256]: row k is the checksum of a byte with k zeros behind it.</summary>
    private static readonly uint[] _table = MakeTable();

    /// <summary>Goes on from a checksum: the result is that of everything before and <paramref name="bytes"/> in one piece.</summary>
    /// <param name="checksum">Of what came before; 0 for nothing.</param>
    /// <param name="bytes">What comes next.</param>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var table = _table;
        var crc = ~checksum;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = table[0x700 + (low & 0xFF)] ^ table[0x600 + (low >> 8 & 0xFF)] ^ table[0x500 + (low >> 16 & 0xFF)] ^ table[0x400 + (low >> 24)]
                ^ table[0x300 + (high & 0xFF)] ^ table[0x200 + (high >> 8 & 0xFF)] ^ table[0x100 + (high >> 16 & 0xFF)] ^ table[high >> 24];
        }
        foreach (var next in bytes)
            crc = table[(crc ^ next) & 0xFF] ^ crc >> 8;
        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ Polynomial : crc >> 1;
            table[i] = crc;
        }
        for (var i = 256; i < table.Length; i++)
            table[i] = table[table[i - 256] & 0xFF] ^ table[i - 256] >> 8;
        return table;
    }
}
