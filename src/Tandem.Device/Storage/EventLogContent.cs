namespace Tandem.Device.Storage;

/// <summary>A whole log in memory, as it is written at compaction.</summary>
internal static class EventLogContent
{
    /// <summary>The header and the records.</summary>
    /// <param name="catalogVersion">The numbering of the items.</param>
    /// <param name="baseCount">Events before the first record.</param>
    /// <param name="origin">As <see cref="EventLogHeader.Write"/> takes it.</param>
    /// <param name="events">The records, oldest first.</param>
    /// <param name="checksum">Of the last record, from which the next goes on.</param>
    public static byte[] Build(string catalogVersion, long baseCount, uint origin, ReadOnlySpan<LoggedEvent> events, out uint checksum)
    {
        var bytes = new byte[checked(EventLogHeader.SizeBytes + events.Length * EventRecord.SizeBytes)];
        EventLogHeader.Write(bytes, catalogVersion, baseCount, origin);
        checksum = EventLogHeader.Checksum(bytes);
        for (var i = 0; i < events.Length; i++)
        {
            var at = EventLogHeader.SizeBytes + i * EventRecord.SizeBytes;
            checksum = EventRecord.Write(bytes.AsSpan(at, EventRecord.SizeBytes), i, events[i], checksum);
        }

        return bytes;
    }
}
