using System.Buffers.Binary;

namespace Tandem.Data.Sources;

/// <summary>
/// Walks through the footer of a Parquet file, a structure in Thrift's compact protocol
/// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), and sees whether it ends where it should:
/// Parquet.Net 6.1 never returns from one whose damage leads it beyond its end.
/// </summary>
internal ref struct ParquetFooter
{
    private const int TailSize = 8; // the footer's length, and PAR1
    private const int DeepestNesting = 64;

    private ReadOnlySpan<byte> _rest;

    private ParquetFooter(ReadOnlySpan<byte> footer) => _rest = footer;

    /// <summary>False for a file that was cut off, or whose footer is damaged so that it has no end.</summary>
    public static bool IsWhole(FileStream file)
    {
        Span<byte> tail = stackalloc byte[TailSize];
        if (file.Length < TailSize) return false;
        file.Position = file.Length - TailSize;
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!FileSignature.IsParquet(tail[4..]) || length <= 0 || length > file.Length - TailSize - 4) return false;

        var footer = new byte[length];
        file.Position = file.Length - TailSize - length;
        file.ReadExactly(footer);
        return new ParquetFooter(footer).SkipStructure(DeepestNesting);
    }

    private bool SkipStructure(int depth)
    {
        while (depth > 0 && TryByte(out var header))
        {
            if (header == 0) return true;
            // A field's number follows where it does not come soon after the last one.
            if (header >> 4 == 0 && !TryNumber(out _)) return false;
            if ((header & 15) is not (1 or 2) && !Skip(header & 15, depth - 1)) return false; // the header holds true and false
        }
        return false;
    }

    private bool Skip(int type, int depth) => type switch
    {
        1 or 2 or 3 => SkipBytes(1),
        4 or 5 or 6 => TryNumber(out _),
        7 => SkipBytes(8),
        8 => TryNumber(out var length) && SkipBytes(length),
        9 or 10 => SkipList(depth),
        11 => SkipMap(depth),
        12 => SkipStructure(depth),
        _ => false,
    };

    private bool SkipList(int depth)
    {
        if (!TryByte(out var header)) return false;
        var count = (ulong)header >> 4;
        if (count == 15 && !TryNumber(out count)) return false;
        for (; count > 0; count--)
        {
            if (!Skip(header & 15, depth))
                return false;
        }

        return true;
    }

    private bool SkipMap(int depth)
    {
        if (!TryNumber(out var count)) return false;
        if (count == 0) return true;
        if (!TryByte(out var types)) return false;
        for (; count > 0; count--)
        {
            if (!Skip(types >> 4, depth) || !Skip(types & 15, depth))
                return false;
        }

        return true;
    }

    private bool SkipBytes(ulong count)
    {
        if (count > (ulong)_rest.Length) return false;
        _rest = _rest[(int)count..];
        return true;
    }

    private bool TryByte(out byte value)
    {
        value = _rest.IsEmpty ? (byte)0 : _rest[0];
        return SkipBytes(1);
    }

    private bool TryNumber(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (!TryByte(out var next)) return false;
            value |= (ulong)(next & 127) << shift;
            if (next < 128) return true;
        }
        return false;
    }
}
