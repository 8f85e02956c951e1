using System.Numerics;
using System.Runtime.InteropServices;

namespace Tandem.Device.Storage;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4): finds every flipped bit and every burst of up to 32 bits.</summary>
internal static class Crc32C
{
    /// <summary>Goes on from a checksum: the result is that of everything before and <paramref name="bytes"/> in one piece.</summary>
    /// <param name="checksum">Of what came before; 0 for nothing.</param>
    /// <param name="bytes">What comes next.</param>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var crc = ~checksum;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(bytes.Length & ~7)..]) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
