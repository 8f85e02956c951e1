using Npgsql;

namespace Tandem.Cloud.Stores;

/// <summary>
/// Writes appends to PostgreSQL: all that wait in one transaction and one round trip, their events as arrays. Every transaction has the
/// counter's row from its first statement to its commit, so that of two, whichever process they are of, the second sees the first's events
/// and takes greater sequences: what becomes visible is never followed by something smaller.
/// </summary>
internal sealed class PostgresWriter(PostgresServer server, int rememberedKeys)
{
    /// <summary>Takes the counter's row; what stands behind it sees all that was committed before.</summary>
    public const string Lock = "SELECT 1 FROM tandem.counter FOR UPDATE";

    /// <summary>Where the server, the database or the user has it off, a commit would not wait for the disk.</summary>
    public const string Durable =
        "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'";
    private const string TakeSequences = "UPDATE tandem.counter SET last_sequence = last_sequence + $1 RETURNING last_sequence";
    private const string AddDevices = """
        INSERT INTO tandem.device (app, id)
        SELECT DISTINCT * FROM unnest($1, $2) AS n(app, id)
        WHERE NOT EXISTS (SELECT FROM tandem.device d WHERE d.app = n.app AND d.id = n.id)
        """;
    private const string AddEvents = """
        WITH sender AS (
            SELECT a.place, d.key, a.received
            FROM unnest($1, $2, $3) WITH ORDINALITY AS a(app, id, received, place) JOIN tandem.device d ON d.app = a.app AND d.id = a.id),
        added AS (
            INSERT INTO tandem.event (sequence, time, received, device, item, value, id)
            SELECT (SELECT last_sequence FROM tandem.counter) - $4 + n.place, n.time, s.received, s.key, n.item, n.value, n.id
            FROM unnest($5, $6, $7, $8, $9) WITH ORDINALITY AS n(append, id, item, time, value, place) JOIN sender s ON s.place = n.append
            ORDER BY n.place
            ON CONFLICT (device, id) DO NOTHING
            RETURNING sequence),
        counted AS (UPDATE tandem.counter SET events = events + (SELECT count(*) FROM added))
        SELECT sequence FROM added
        """;
    private const string AddExposures = """
        INSERT INTO tandem.exposure (device, after, received, model, arms, items)
        SELECT d.key, (SELECT last_sequence FROM tandem.counter) - $1, n.received, n.model, n.arms, n.items
        FROM unnest($2, $3, $4, $5, $6, $7) WITH ORDINALITY AS n(app, id, received, model, arms, items, place)
        JOIN tandem.device d ON d.app = n.app AND d.id = n.id ORDER BY n.place
        """;
    private const string AddItems = """
        INSERT INTO tandem.item (name)
        SELECT n.name FROM unnest($1) AS n(name) WHERE NOT EXISTS (SELECT FROM tandem.item i WHERE i.name = n.name)
        ORDER BY n.name COLLATE "C" -- of two services that add the same, one waits for the other, never each for each
        ON CONFLICT DO NOTHING
        """;
    private const string FindItems = "SELECT name, key FROM tandem.item WHERE name = ANY ($1)";

    private readonly RecentKeys<string> _items = new(rememberedKeys); // keys of items are never taken back

    /// <summary>Keeps appends, all in one transaction; not to be called twice at once.</summary>
    /// <returns>How many events of each were new.</returns>
    public async Task<int[]> KeepAsync(IReadOnlyList<Append> group)
    {
        try
        {
            return await server.RunAsync(connection => KeepAsync(connection, group), CancellationToken.None);
        }
        catch (StoreException)
        {
            _items.Clear(); // behind a lost connection there may be a database that was put back to an earlier state
            throw;
        }
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };

    private async Task<int[]> KeepAsync(NpgsqlConnection connection, IReadOnlyList<Append> group)
    {
        var events = new EventArrays(group);
        await NumberItemsAsync(connection, events);
        await using var batch = new NpgsqlBatch(connection) // an implicit transaction
        {
            BatchCommands =
            {
                new(Durable),
                new(TakeSequences) { Parameters = { Of((long)events.Count) } },
                new(AddDevices) { Parameters = { Of(events.Apps), Of(events.Devices) } },
                new(AddEvents)
                {
                    Parameters =
                    {
                        Of(events.Apps), Of(events.Devices), Of(events.Received), Of((long)events.Count), Of(events.Appends),
                        Of(events.Ids), Of(events.Items), Of(events.Times), Of(events.Values),
                    },
                },
            },
        };
        if (ExposuresOf(group) is { } exposures) batch.BatchCommands.Insert(3, exposures);
        return await CountAddedAsync(batch, group.Count, events);
    }

    /// <summary>Before all events of its transaction: what a device did with what it was given came later.</summary>
    private static NpgsqlBatchCommand? ExposuresOf(IReadOnlyList<Append> group)
    {
        var given = group.Where(append => append.Exposure is not null).ToArray();
        return given.Length == 0 ? null : new(AddExposures)
        {
            Parameters =
            {
                Of((long)group.Sum(append => append.Events.Count)), Of(Column(append => append.Device.App)),
                Of(Column(append => append.Device.Id)), Of(Column(append => append.Received)),
                Of(Column(append => append.Exposure!.Model)), Of(Column(append => ExposureColumns.Arms(append.Exposure!))),
                Of(Column(append => ExposureColumns.Items(append.Exposure!))),
            },
        };

        T[] Column<T>(Func<Append, T> value) => [.. given.Select(value)];
    }

    /// <summary>Runs all, and tells from the sequences that were used which appends their events are of.</summary>
    private static async Task<int[]> CountAddedAsync(NpgsqlBatch batch, int appends, EventArrays events)
    {
        var added = new int[appends];
        await using var row = await batch.ExecuteReaderAsync();
        await row.NextResultAsync(); // beyond what makes it durable
        await row.ReadAsync();
        var first = row.GetInt64(0) - events.Count + 1;
        await row.NextResultAsync(); // devices give no rows, and so no result
        while (await row.ReadAsync()) added[events.Appends[row.GetInt64(0) - first] - 1]++;
        await row.NextResultAsync(); // to the commit, which may fail
        return added;
    }

    /// <summary>Fills in the numbers of all items; those that are new get theirs at once, in a transaction of their own.</summary>
    private async Task NumberItemsAsync(NpgsqlConnection connection, EventArrays events)
    {
        var missing = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < events.Count; i++)
        {
            if (_items.TryGet(events.Names[i], out var number)) events.Items[i] = (int)number;
            else missing[events.Names[i]] = 0;
        }

        if (missing.Count == 0) return;
        await FindItemsAsync(connection, missing);
        for (var i = 0; i < events.Count; i++)
        {
            if (events.Items[i] == 0) events.Items[i] = missing[events.Names[i]];
        }
    }

    private async Task FindItemsAsync(NpgsqlConnection connection, Dictionary<string, int> missing)
    {
        var names = missing.Keys.ToArray();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new(AddItems) { Parameters = { Of(names) } }, new(FindItems) { Parameters = { Of(names) } } },
        };
        await using (var row = await batch.ExecuteReaderAsync())
        {
            while (await row.ReadAsync()) missing[row.GetString(0)] = row.GetInt32(1);
            await row.NextResultAsync(); // to the commit, which may fail
        }

        foreach (var (name, number) in missing) _items.Add(name, number);
    }

    /// <summary>The columns of a group: [appends] apps, devices, received; [events] the others, appends by numbers from 1.</summary>
    private sealed class EventArrays
    {
        public EventArrays(IReadOnlyList<Append> group)
        {
            Apps = [.. group.Select(append => append.Device.App)];
            Devices = [.. group.Select(append => append.Device.Id)];
            Received = [.. group.Select(append => append.Received)];
            Count = group.Sum(append => append.Events.Count);
            (Appends, Ids, Names, Items) = (new int[Count], new string[Count], new string[Count], new int[Count]);
            (Times, Values) = (new long[Count], new float[Count]);
            var place = 0;
            for (var i = 0; i < group.Count; i++)
            {
                foreach (var e in group[i].Events)
                {
                    (Appends[place], Ids[place], Names[place], Times[place], Values[place]) = (i + 1, e.Id, e.Item, e.Time, e.Value);
                    place++;
                }
            }
        }

        public int Count { get; }

        public string[] Apps { get; }

        public string[] Devices { get; }

        public long[] Received { get; }

        public int[] Appends { get; }

        public string[] Ids { get; }

        public string[] Names { get; }

        /// <summary>0 until they are known.</summary>
        public int[] Items { get; }

        public long[] Times { get; }

        public float[] Values { get; }
    }
}
