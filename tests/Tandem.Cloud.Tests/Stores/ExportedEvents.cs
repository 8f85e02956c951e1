using Parquet;
using Parquet.Schema;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Tests.Stores;

/// <summary>Reads what was exported, column by column as any other program would.</summary>
internal static class ExportedEvents
{
    private static readonly string[] _columns = ["app", "device", "id", "item", "time", "value", "received", "sequence"];

    public static async Task<List<StoredEvent>> ReadAsync(string path)
    {
        await using var reader = await ParquetReader.CreateAsync(path);
        Assert.Equal(_columns, reader.Schema.DataFields.Select(field => field.Name));
        var events = new List<StoredEvent>();
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            await AddAsync(events, group, reader.Schema.DataFields);
        }

        return events;
    }

    private static async Task AddAsync(List<StoredEvent> events, ParquetRowGroupReader group, DataField[] fields)
    {
        var rows = (int)group.RowCount;
        var texts = new string[4][];
        for (var i = 0; i < texts.Length; i++) await group.ReadAsync(fields[i], texts[i] = new string[rows]);
        var (time, value, received, sequence) = (new long[rows], new float[rows], new long[rows], new long[rows]);
        await group.ReadAsync<long>(fields[4], time);
        await group.ReadAsync<float>(fields[5], value);
        await group.ReadAsync<long>(fields[6], received);
        await group.ReadAsync<long>(fields[7], sequence);
        for (var i = 0; i < rows; i++)
        {
            events.Add(new(
                sequence[i], new(texts[0][i], texts[1][i]), new(texts[2][i], texts[3][i], time[i], value[i]), received[i]));
        }
    }
}
