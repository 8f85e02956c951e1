using System.Buffers.Binary;
using Google.Protobuf;
using Tensorboard;

namespace Tandem.Learning.Tests.Training.Logs;

/// <summary>Reads the event files of a folder, checksums and all, with a CRC-32C written bit by bit.</summary>
internal static class EventRecords
{
    public static Event[] Read(string folder) =>
        [.. Directory.GetFiles(folder, "*tfevents*").Order(StringComparer.Ordinal).SelectMany(ReadFile)];

    /// <summary>Step and value of a tag, in the order of writing.</summary>
    public static (long Step, float Value)[] Scalars(this IEnumerable<Event> events, string tag) =>
        [.. events.Where(e => e.Summary?.Value.Any(v => v.Tag == tag) == true).Select(e => (e.Step, e.Summary.Value.Single().SimpleValue))];

    /// <summary>The Castagnoli polynomial, reversed: 0x82f63b78.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = 0xffffffffu;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
        }

        return crc ^ 0xffffffffu;
    }

    private static List<Event> ReadFile(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var events = new List<Event>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            var data = bytes.AsSpan(at + 12, length);
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            using var message = new CodedInputStream(data.ToArray()); // the messages are of the generation before parsing from spans
            events.Add(Event.Parser.ParseFrom(message));
            at += 16 + length;
        }

        return events;
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = Crc32C(data);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
    }
}
