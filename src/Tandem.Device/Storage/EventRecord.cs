using System.Buffers.Binary;

namespace Tandem.Device.Storage;

/// <summary>
/// One event in 24 bytes, little-endian: checksum [4], its place in the file [4] from 0, kind [2], value [2], item [4], time [8]. The
/// value is float16, its bits exclusive-or those of 1, so that a record whose kind takes all 4 bytes reads as value 1.
/// </summary>
/// <remarks>
/// The checksum is the CRC-32C of the header and all records up to this one, their own checksums left out. So a record is good only
/// after the very records that it was written after: none of an older or another file can follow by accident.
/// </remarks>
internal static class EventRecord
{
    public const int SizeBytes = 24;

    private const int ChecksumBytes = 4;
    private const ushort OneBits = 0x3C00;  // 1 as float16

    /// <param name="record">[<see cref="SizeBytes"/>] receives the record.</param>
    /// <param name="place">Records before it in the file.</param>
    /// <param name="e">What it says.</param>
    /// <param name="before">Checksum of what lies before it.</param>
    /// <returns>Its checksum, from which the next record goes on.</returns>
    public static uint Write(Span<byte> record, int place, in LoggedEvent e, uint before)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], place);
        BinaryPrimitives.WriteUInt16LittleEndian(record[8..], (ushort)e.Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(record[10..], (ushort)(BitConverter.HalfToUInt16Bits(e.Value) ^ OneBits));
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], e.Item);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], e.Time);
        var checksum = Append(before, record);
        BinaryPrimitives.WriteUInt32LittleEndian(record, checksum);
        return checksum;
    }

    /// <summary>Reads a record, unless it is damaged or belongs elsewhere.</summary>
    /// <param name="record">[<see cref="SizeBytes"/>].</param>
    /// <param name="place">Records before it in the file.</param>
    /// <param name="checksum">Of what lies before it; moves on past the record where it is good.</param>
    /// <param name="e">What it says.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, int place, ref uint checksum, out LoggedEvent e)
    {
        if (!IsAt(record, place, out e)) return false;
        var found = Append(checksum, record);
        if (found != Checksum(record)) return false;
        checksum = found;
        return true;
    }

    /// <summary>Reads a record without asking for its checksum: whether it says its place, and an event that can be.</summary>
    public static bool IsAt(ReadOnlySpan<byte> record, int place, out LoggedEvent e)
    {
        e = new LoggedEvent(
            (LoggedEventKind)BinaryPrimitives.ReadUInt16LittleEndian(record[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(record[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[16..]))
        {
            Value = BitConverter.UInt16BitsToHalf((ushort)(BinaryPrimitives.ReadUInt16LittleEndian(record[10..]) ^ OneBits)),
        };
        return place == Place(record) && e.IsSound;
    }

    /// <summary>The checksum that a record must have after what lies before it.</summary>
    public static uint Append(uint before, ReadOnlySpan<byte> record) => Crc32C.Append(before, record[ChecksumBytes..SizeBytes]);

    /// <summary>The checksum that it has.</summary>
    public static uint Checksum(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record);

    /// <summary>The place that it says.</summary>
    public static int Place(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record[4..]);
}
