using Parquet;
using Parquet.Schema;
using Tandem.Cloud.Stores;
using Tandem.Protocol;

namespace Tandem.Cloud.Events;

/// <summary>
/// Events as a Parquet file, for training and for whoever reads tables: columns app, device, id, item (text), time (int64 Unix seconds, as
/// the device said), value (float32), received (int64 Unix seconds by the service's clock), sequence (int64), a row per event in the order
/// of arrival.
/// </summary>
public static class EventExport
{
    /// <summary>Events of a row group: what is held in memory at a time.</summary>
    public const int GroupEvents = 50_000;

    /// <summary>Writes beside the target and puts the whole file in its place, for its user alone to read.</summary>
    /// <param name="events">Where they are.</param>
    /// <param name="path">A file in an existing folder; one that is there is replaced.</param>
    /// <param name="app">Whose; null for all apps.</param>
    /// <param name="after">Events of a greater sequence; 0 for all.</param>
    /// <param name="cancel">Ends the writing; the file stays as it was.</param>
    /// <returns>Events written.</returns>
    public static async Task<long> WriteAsync(
        IEventStore events, string path, string? app = null, long after = 0, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var written = 0L;
        await DurableFile.WriteAsync(
            path, async stream => written = await WriteAsync(events.ReadAsync(app, after, cancel), stream, cancel), isPrivate: true);
        return written;
    }

    private static async Task<long> WriteAsync(IAsyncEnumerable<StoredEvent> events, Stream stream, CancellationToken cancel)
    {
        var columns = new Columns();
        await using var writer = await ParquetWriter.CreateAsync(columns.Schema, stream, cancellationToken: cancel);
        var (group, written) = (new List<StoredEvent>(GroupEvents), 0L);
        await foreach (var e in events.WithCancellation(cancel))
        {
            group.Add(e);
            if (group.Count == GroupEvents) await WriteGroupAsync();
        }

        if (group.Count > 0 || written == 0) await WriteGroupAsync(); // a file without events has a group, too: some readers ask for it
        return written;

        async Task WriteGroupAsync()
        {
            using var target = writer.CreateRowGroup();
            await columns.WriteAsync(target, group);
            written += group.Count;
            group.Clear();
        }
    }

    /// <summary>One instance for each file: a schema writes into its columns.</summary>
    private sealed class Columns
    {
        private readonly DataField<string> _app = new("app", nullable: false), _device = new("device", nullable: false);
        private readonly DataField<string> _id = new("id", nullable: false), _item = new("item", nullable: false);
        private readonly DataField<long> _time = new("time"), _received = new("received"), _sequence = new("sequence");
        private readonly DataField<float> _value = new("value");

        public Columns() => Schema = new(_app, _device, _id, _item, _time, _value, _received, _sequence);

        public ParquetSchema Schema { get; }

        public async Task WriteAsync(ParquetRowGroupWriter group, List<StoredEvent> events)
        {
            await group.WriteAsync(_app, Of(e => e.Device.App));
            await group.WriteAsync(_device, Of(e => e.Device.Id));
            await group.WriteAsync(_id, Of(e => e.Event.Id));
            await group.WriteAsync(_item, Of(e => e.Event.Item));
            await group.WriteAsync<long>(_time, Of(e => e.Event.Time));
            await group.WriteAsync<float>(_value, Of(e => e.Event.Value));
            await group.WriteAsync<long>(_received, Of(e => e.Received));
            await group.WriteAsync<long>(_sequence, Of(e => e.Sequence));

            T[] Of<T>(Converter<StoredEvent, T> column) => [.. events.Select(e => column(e))];
        }
    }
}
