using Microsoft.Win32.SafeHandles;

namespace Tandem.Device.Storage;

/// <summary>A whole log in memory, as it is read at opening and written at compaction.</summary>
internal static class EventLogContent
{
    private const int RecordsAtOnce = 1024;

    /// <summary>The header and the records.</summary>
    /// <param name="catalogVersion">The numbering of the items.</param>
    /// <param name="baseCount">Events before the first record.</param>
    /// <param name="events">The records, oldest first.</param>
    /// <param name="checksum">Of the last record, from which the next goes on.</param>
    public static byte[] Build(string catalogVersion, long baseCount, ReadOnlySpan<LoggedEvent> events, out uint checksum)
    {
        var bytes = new byte[checked(EventLogHeader.SizeBytes + events.Length * EventRecord.SizeBytes)];
        EventLogHeader.Write(bytes, catalogVersion, baseCount);
        checksum = EventLogHeader.Checksum(bytes);
        for (var i = 0; i < events.Length; i++)
        {
            var at = EventLogHeader.SizeBytes + i * EventRecord.SizeBytes;
            checksum = EventRecord.Write(bytes.AsSpan(at, EventRecord.SizeBytes), i, events[i], checksum);
        }

        return bytes;
    }

    /// <summary>The records up to the first that is torn, damaged or out of place.</summary>
    /// <param name="file">Positioned by offset; its header is whole.</param>
    /// <param name="checksum">Of the header; moves on to that of the last good record.</param>
    public static List<LoggedEvent> ReadRecords(SafeFileHandle file, ref uint checksum)
    {
        var events = new List<LoggedEvent>();
        var buffer = new byte[RecordsAtOnce * EventRecord.SizeBytes];
        while (true)
        {
            var offset = EventLogHeader.SizeBytes + (long)events.Count * EventRecord.SizeBytes;
            var found = ReadFully(file, buffer, offset) / EventRecord.SizeBytes;
            for (var i = 0; i < found; i++)
            {
                var record = buffer.AsSpan(i * EventRecord.SizeBytes, EventRecord.SizeBytes);
                if (!EventRecord.TryRead(record, events.Count, ref checksum, out var e)) return events;
                events.Add(e);
            }

            if (found < RecordsAtOnce) return events;
        }
    }

    /// <summary>Fills the buffer; one read may give less, even where the file goes on.</summary>
    /// <returns>Bytes read: fewer than asked for at the end of the file only.</returns>
    public static int ReadFully(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var read = RandomAccess.Read(file, buffer[total..], offset + total);
            if (read == 0) break;
            total += read;
        }

        return total;
    }
}
