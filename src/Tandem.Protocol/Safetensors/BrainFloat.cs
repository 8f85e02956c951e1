namespace Tandem.Protocol.Safetensors;

/// <summary>Brain floats, kept as 16 raw bits: the sign, exponent and upper 7 mantissa bits of a <see cref="float"/>.</summary>
internal static class BrainFloat
{
    private const ushort QuietBit = 0x0040;

    /// <summary>Rounds to nearest, ties to even; beyond the largest finite value becomes infinity, NaN stays NaN.</summary>
    public static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);

        // A NaN whose payload lies in the lower half would round to infinity.
        if (float.IsNaN(value)) return (ushort)((bits >> 16) | QuietBit);

        var lowestKeptBit = (bits >> 16) & 1;
        return (ushort)((bits + 0x7FFF + lowestKeptBit) >> 16);
    }

    /// <summary>Exact.</summary>
    public static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
