using System.Collections.Concurrent;
using System.Globalization;
using Tandem.Cloud.Events;
using Tandem.Cloud.Stores;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Tests.Stores;

/// <summary>What every store does.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private const long Received = 1_790_000_000;
    private static readonly DeviceId _phone = new("shop", "phone");

    private string _address = "";
    private IStore _store = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IEventStore Events => _store.Events;

    /// <summary>The address of a store that is not there yet.</summary>
    protected abstract string NewAddress();

    public async ValueTask InitializeAsync()
    {
        _address = NewAddress();
        _store = await Store.OpenAsync(_address, new() { ExpiredPerCommit = 7, RememberedKeys = 50 }, Cancel);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_is_appended_comes_back_as_it_was()
    {
        NewEvent[] sent =
        [
            new("a", "book-1", 1_700_000_000, 1), new("b", "Bücher/日本 😀", -5, -2.5f),
            new("0d6f9a4c-0000-4000-8000-00000000abcd", "' OR 1=1 --", 0, 0),
            new("0D6F9A4C-0000-4000-8000-00000000ABCD", "book-1", long.MaxValue, float.MaxValue),
            new("%'\"\\\r\n\t", "book-1", long.MinValue, 1e-30f),
        ];
        var receipt = await Events.AppendAsync(_phone, sent, Received, Cancel);
        Assert.Equal(new EventReceipt { Added = sent.Length, Known = 0 }, receipt);
        var kept = await Events.RecentAsync(_phone, 100, Cancel);
        Assert.Equal(sent, kept.Select(e => e.Event));
        Assert.All(kept, e => Assert.Equal((_phone, Received), (e.Device, e.Received)));
        Assert.Equal(kept, await AllAsync());
        await ReopenAsync();
        Assert.Equal(kept, await AllAsync());
        Assert.Equal(kept.TakeLast(2), await Events.RecentAsync(_phone, 2, Cancel));
        Assert.Empty(await Events.RecentAsync(_phone, 0, Cancel));
        Assert.Empty(await Events.RecentAsync(new("shop", "another"), 10, Cancel));
        Assert.Empty(await Events.RecentAsync(new("other shop", "phone"), 10, Cancel));
    }

    [Fact]
    public async Task An_event_that_arrives_again_counts_once()
    {
        await Events.AppendAsync(_phone, [.. Some(0, 10)], Received, Cancel);
        var overlapping = await Events.AppendAsync(_phone, [.. Some(5, 10)], Received + 9, Cancel);
        Assert.Equal(new EventReceipt { Added = 5, Known = 5 }, overlapping);
        var twice = await Events.AppendAsync(_phone, [new("twice", "x", 1, 1), new("twice", "y", 2, 2)], Received, Cancel);
        Assert.Equal(new EventReceipt { Added = 1, Known = 1 }, twice);
        var kept = await Events.RecentAsync(_phone, 100, Cancel);
        Assert.Equal([.. Some(0, 15), new("twice", "x", 1, 1)], kept.Select(e => e.Event));
        Assert.Equal(Received, kept[7].Received);
        Assert.Equal(16, await Events.CountAsync(Cancel));
        Assert.Equal(new EventReceipt { Added = 0, Known = 0 }, await Events.AppendAsync(_phone, [], Received, Cancel));
    }

    [Fact]
    public async Task The_same_id_of_another_device_or_app_is_another_event()
    {
        DeviceId[] devices = [_phone, new("shop", "Phone"), new("shop2", "phone"), new("shop", "phone ")];
        foreach (var device in devices)
            Assert.Equal(10, (await Events.AppendAsync(device, [.. Some(0, 10)], Received, Cancel)).Added);
        Assert.Equal(30, (await AllAsync("shop")).Count);
        Assert.Equal(10, (await AllAsync("shop2")).Count);
        Assert.Empty(await AllAsync("shop3"));
        Assert.All(await AllAsync("shop2"), e => Assert.Equal(devices[2], e.Device));
    }

    [Fact]
    public async Task Appends_at_once_each_learn_what_was_new_by_them()
    {
        const int Tasks = 24, Rounds = 12, Each = 20;
        var added = new ConcurrentBag<int>();
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(
            async () =>
            {
                for (var round = 0; round < Rounds; round++) // tasks 3n, 3n + 1 and 3n + 2 send the same
                {
                    var device = new DeviceId("shop", $"device {task / 3}");
                    added.Add((await Events.AppendAsync(device, [.. Some(round * Each / 2, Each)], Received, Cancel)).Added);
                }
            },
            Cancel)));
        var expected = Tasks / 3 * (Rounds + 1) * Each / 2;
        Assert.Equal(expected, added.Sum());
        Assert.Equal(expected, await Events.CountAsync(Cancel));
        var all = await AllAsync();
        Assert.Equal(expected, all.Select(e => (e.Device, e.Event.Id)).Distinct().Count());
        Assert.Equal(all.Select(e => e.Sequence).Order(), all.Select(e => e.Sequence));
    }

    [Fact]
    public async Task Sequences_follow_acknowledgements_also_after_deletion_and_opening()
    {
        var last = 0L;
        for (var i = 0; i < 6; i++)
        {
            var device = new DeviceId("shop", $"device {i % 2}");
            await Events.AppendAsync(device, [.. Some(i * 3, 3)], Received, Cancel);
            var sequences = (await AllAsync(null, last)).Select(e => e.Sequence).ToArray();
            Assert.Equal(3, sequences.Length);
            Assert.Equal(sequences.Order().Distinct(), sequences);
            last = sequences[^1];
            if (i == 3) await Events.EraseAsync(device, Cancel);
            if (i == 4) await ReopenAsync();
        }

        await Events.EraseAsync(new("shop", "device 1"), Cancel);
        await ReopenAsync();
        await Events.AppendAsync(_phone, [new("next", "x", 1, 1)], Received, Cancel);
        Assert.True(Assert.Single(await AllAsync(null, last)).Sequence > last);
    }

    [Fact]
    public async Task A_reading_that_goes_on_where_it_ended_misses_nothing_that_is_appended_meanwhile()
    {
        const int Tasks = 8, Rounds = 25, Each = 10;
        // Where other processes may use the store, one does.
        var other = await OpenOtherAsync();
        await using var closing = other;
        var writing = Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(
            async () =>
            {
                var events = task % 2 == 0 ? Events : other?.Events ?? Events;
                for (var round = 0; round < Rounds; round++)
                    await events.AppendAsync(new("shop", $"device {task}"), [.. Some(round * Each, Each)], Received, Cancel);
            },
            Cancel)));
        var (seen, last) = (new List<StoredEvent>(), 0L);
        while (true)
        {
            var isWritten = writing.IsCompleted;
            var news = await AllAsync(null, last);
            seen.AddRange(news);
            if (news.Count > 0) last = news[^1].Sequence;
            if (isWritten) break;
        }

        await writing;
        Assert.Equal(Tasks * Rounds * Each, seen.Count);
        Assert.Equal(await AllAsync(), seen);
        for (var task = 0; task < Tasks; task++) // each device's in the order in which it sent them
            Assert.Equal(Some(0, Rounds * Each), seen.Where(e => e.Device.Id == $"device {task}").Select(e => e.Event));
    }

    [Fact]
    public async Task Erasing_leaves_the_others_and_a_device_may_come_back()
    {
        await Events.AppendAsync(_phone, [.. Some(0, 30)], Received, Cancel);
        await Events.AppendAsync(new("shop", "other"), [.. Some(0, 10)], Received, Cancel);
        Assert.Equal(30, await Events.EraseAsync(_phone, Cancel));
        Assert.Equal(0, await Events.EraseAsync(_phone, Cancel));
        Assert.Empty(await Events.RecentAsync(_phone, 10, Cancel));
        Assert.Equal(10, await Events.CountAsync(Cancel));
        Assert.Equal(5, (await Events.AppendAsync(_phone, [.. Some(0, 5)], Received, Cancel)).Added);
        Assert.Equal([.. Some(0, 10), .. Some(0, 5)], (await AllAsync()).Select(e => e.Event));
    }

    [Fact]
    public async Task A_device_that_another_process_erased_is_a_new_one()
    {
        if (await OpenOtherAsync() is not { } other)
        {
            // One process has the store, so that this cannot happen: the second is told.
            var refused = await Assert.ThrowsAsync<StoreException>(() => Store.OpenAsync(_address, null, Cancel));
            Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
            return;
        }

        await using var closing = other;
        await Events.AppendAsync(_phone, [.. Some(0, 3)], Received, Cancel);
        await other.Events.EraseAsync(_phone, Cancel);
        Assert.Equal(3, (await Events.AppendAsync(_phone, [.. Some(0, 3)], Received, Cancel)).Added);
        Assert.Equal(3, (await other.Events.RecentAsync(_phone, 9, Cancel)).Count);
    }

    [Fact]
    public async Task Erasing_while_a_device_sends_leaves_whole_appends()
    {
        const int Rounds = 40, Each = 5;
        var writing = Task.Run(
            async () =>
            {
                for (var round = 0; round < Rounds; round++)
                    await Events.AppendAsync(_phone, [.. Some(round * Each, Each)], Received, Cancel);
            },
            Cancel);
        var erased = 0L;
        while (!writing.IsCompleted) erased += await Events.EraseAsync(_phone, Cancel);
        await writing;
        var left = await AllAsync();
        Assert.Equal(Rounds * Each, erased + left.Count);
        Assert.Equal(left.Count, await Events.CountAsync(Cancel));
        Assert.Equal(0, left.Count % Each);
    }

    [Fact]
    public async Task Events_expire_by_their_arrival_and_devices_with_their_last_event()
    {
        await Events.AppendAsync(new("shop", "old"), [.. Some(0, 20)], Received, Cancel);
        await Events.AppendAsync(_phone, [.. Some(0, 20)], Received + 10, Cancel);
        await Events.AppendAsync(_phone, [.. Some(20, 20)], Received, Cancel); // as after a step of the clock
        Assert.Equal(0, await Events.ExpireAsync(Received, Cancel));
        Assert.Equal(40, await Events.ExpireAsync(Received + 10, Cancel));
        Assert.Equal(Some(0, 20), (await AllAsync()).Select(e => e.Event));
        Assert.Equal(20, await Events.CountAsync(Cancel));
        Assert.Equal(0, await Events.ExpireAsync(Received + 10, Cancel));
        Assert.Equal(1, await DevicesAsync(_address));
        Assert.Equal(3, (await Events.AppendAsync(new("shop", "old"), [.. Some(0, 3)], Received, Cancel)).Added);
        Assert.Equal(23, (await AllAsync("shop")).Count);
    }

    [Fact]
    public async Task Exposures_come_back_in_their_order_each_behind_the_events_that_were_there()
    {
        Exposure[] sent =
        [
            new() { Arms = [new("asking", "never", 0.25), new("日本 😀", "'b'", 1)] },
            new() { Arms = [new("asking", "never", 0.25)], Model = "v1", Items = [0, 1, uint.MaxValue] },
            new() { Arms = [new("asking", "never", 1e-9)], Model = "v2" },
        ];
        await _store.Exposures.AddAsync(_phone, sent[0], Received, Cancel);
        await Events.AppendAsync(_phone, [.. Some(0, 3)], Received, Cancel);
        await _store.Exposures.AddAsync(new("books", "phone"), sent[1], Received, Cancel);
        await _store.Exposures.AddAsync(_phone, sent[1], Received + 1, Cancel);
        await Events.AppendAsync(_phone, [.. Some(3, 3)], Received, Cancel);
        await ReopenAsync();
        await _store.Exposures.AddAsync(_phone, sent[2], Received + 2, Cancel);
        var kept = await ExposuresAsync();
        var sequences = (await AllAsync()).Select(e => e.Sequence).ToArray();
        Assert.Equal([0, sequences[2], sequences[5]], kept.Select(exposure => exposure.After));
        Assert.Equal([Received, Received + 1, Received + 2], kept.Select(exposure => exposure.Received));
        Assert.All(kept.Zip(sent), pair =>
        {
            Assert.Equal(_phone, pair.First.Device);
            Assert.Equal(pair.Second.Arms, pair.First.Exposure.Arms);
            Assert.Equal(pair.Second.Model, pair.First.Exposure.Model);
            Assert.Equal(pair.Second.Items, pair.First.Exposure.Items);
        });
        Assert.Single(await ExposuresAsync("books"));
    }

    [Fact]
    public async Task Exposures_and_events_at_once_are_all_kept()
    {
        const int Tasks = 16, Rounds = 20;
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(
            async () =>
            {
                for (var round = 0; round < Rounds; round++)
                {
                    var device = new DeviceId("shop", $"device {task}");
                    await Events.AppendAsync(device, [.. Some(round, 1)], Received, Cancel);
                    await _store.Exposures.AddAsync(device, new() { Arms = [new("a", "b", 1)], Model = $"{round}" }, Received, Cancel);
                }
            },
            Cancel)));
        var events = await AllAsync();
        var exposures = await ExposuresAsync();
        Assert.Equal(Tasks * Rounds, exposures.Count);
        Assert.Equal(exposures.Select(exposure => exposure.After).Order(), exposures.Select(exposure => exposure.After));
        Assert.All(exposures, exposure => Assert.Equal(
            int.Parse(exposure.Exposure.Model!, CultureInfo.InvariantCulture) + 1, // events that its device had sent
            events.Count(e => e.Device == exposure.Device && e.Sequence <= exposure.After)));
    }

    [Fact]
    public async Task Exposures_go_with_their_device_and_their_time()
    {
        Exposure given = new() { Arms = [new("a", "b", 1)] };
        await _store.Exposures.AddAsync(_phone, given, Received, Cancel);
        await Events.EraseAsync(_phone, Cancel);
        Assert.Empty(await ExposuresAsync());
        await _store.Exposures.AddAsync(_phone, given, Received, Cancel);
        await _store.Exposures.AddAsync(new("shop", "new"), given, Received + 10, Cancel);
        await Events.AppendAsync(new("shop", "new"), [.. Some(0, 3)], Received, Cancel);
        await Events.ExpireAsync(Received + 10, Cancel);
        Assert.Equal("new", Assert.Single(await ExposuresAsync()).Device.Id);
        Assert.Equal(1, await DevicesAsync(_address));
    }

    [Fact]
    public async Task Exposures_that_cannot_be_kept_are_refused()
    {
        ArmOfDevice[][] faulty = [[], [new("", "b", 1)], [new("a", "b\0", 1)], [new("a", "b", 0)], [new("a", "b", double.NaN)]];
        foreach (var arms in faulty)
            await Assert.ThrowsAsync<ArgumentException>(() => _store.Exposures.AddAsync(_phone, new() { Arms = arms }, Received, Cancel));
        Assert.Empty(await ExposuresAsync());
    }

    [Fact]
    public async Task Items_are_unavailable_until_they_are_marked_otherwise()
    {
        Assert.Empty(await _store.Items.UnavailableAsync("shop", Cancel));
        await _store.Items.MarkAsync("shop", ["b", "a", "日本 😀"], [], Cancel);
        await _store.Items.MarkAsync("books", ["c"], [], Cancel);
        await _store.Items.MarkAsync("shop", ["a", "d"], ["b", "absent"], Cancel);
        await Assert.ThrowsAsync<ArgumentException>(() => _store.Items.MarkAsync("shop", ["e", "\0"], [], Cancel));
        await ReopenAsync();
        Assert.Equal(["a", "d", "日本 😀"], (await _store.Items.UnavailableAsync("shop", Cancel)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Ten_thousand_events_come_at_once_in_their_order()
    {
        var sent = Some(0, EventBatch.MostEvents).ToArray();
        Assert.Equal(sent.Length, (await Events.AppendAsync(_phone, sent, Received, Cancel)).Added);
        Assert.Equal(sent.Length, (await Events.AppendAsync(_phone, sent, Received, Cancel)).Known);
        Assert.Equal(sent, (await AllAsync()).Select(e => e.Event));
    }

    [Fact]
    public async Task The_longest_texts_are_kept()
    {
        // Two bytes or three each in UTF-8, and none that a database could pack.
        var random = Data.NamedSeed.Create(1, "letters");
        var device = new DeviceId(Letters(DeviceId.LongestApp), Letters(DeviceId.LongestId));
        var sent = new NewEvent(Letters(NewEvent.LongestId), Letters(NewEvent.LongestItem), 1, 1);
        await Events.AppendAsync(device, [sent], Received, Cancel);
        var kept = Assert.Single(await Events.RecentAsync(device, 5, Cancel));
        Assert.Equal((device, sent), (kept.Device, kept.Event));

        string Letters(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)random.Next(0x400, 0xD000)));
    }

    [Theory]
    [InlineData("", "id", "item", 1, "app's name is empty")]
    [InlineData("shop", "", "item", 1, "id of event 1 is empty")]
    [InlineData("shop", "id", "", 1, "item of event 1 is empty")]
    [InlineData("sh\0op", "id", "item", 1, "U+0000 at place 2")]
    [InlineData("shop", "id\0", "item", 1, "id of event 1 has the character U+0000 at place 2")]
    [InlineData("shop", "id", "\0item", 1, "item of event 1 has the character U+0000 at place 0")]
    [InlineData("shop", "id", "item", float.NaN, "value NaN of event 1 is not finite")]
    [InlineData("shop", "id", "item", float.NegativeInfinity, "of event 1 is not finite")]
    public async Task What_cannot_be_kept_is_refused_whole(string app, string id, string item, float value, string expected)
    {
        NewEvent[] events = [new("good", "item", 1, 1), new(id, item, 1, value)];
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => Events.AppendAsync(new(app, "phone"), events, Received, Cancel));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await Events.CountAsync(Cancel));
    }

    [Fact]
    public async Task Texts_that_are_too_long_or_half_are_refused()
    {
        await RefusedAsync(_phone, "id\uD800", "item", "id of event 0 has half a surrogate pair at place 2");
        await RefusedAsync(_phone, "id", "😀\uDC00\uD800item", "item of event 0 has half a surrogate pair at place 2");
        await RefusedAsync(new("shop", new('x', 129)), "id", "item", "device's id has 129 characters, expected 1 to 128");
        await RefusedAsync(new(new('x', 65), "phone"), "id", "item", "app's name has 65 characters, expected 1 to 64");
        await RefusedAsync(_phone, new('x', 65), "item", "id of event 0 has 65 characters, expected 1 to 64");
        await RefusedAsync(_phone, "id", new('x', 513), "item of event 0 has 513 characters, expected 1 to 512");

        async Task RefusedAsync(DeviceId device, string id, string item, string expected)
        {
            NewEvent[] events = [new(id, item, 1, 1)];
            var refused = await Assert.ThrowsAsync<ArgumentException>(() => Events.AppendAsync(device, events, Received, Cancel));
            Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cancelled_calls_end_and_the_store_goes_on()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        NewEvent[] sent = [.. Some(0, 2)];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Events.AppendAsync(_phone, sent, Received, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Events.RecentAsync(_phone, 1, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Events.EraseAsync(_phone, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Events.ExpireAsync(Received, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Events.ReadAsync(null, 0, cancelled.Token).FirstOrDefaultAsync(CancellationToken.None));
        await _store.ProbeAsync(Cancel);
        Assert.Equal(2, (await Events.AppendAsync(_phone, sent, Received, Cancel)).Added);
    }

    [Fact]
    public async Task Closing_keeps_what_waits_and_tells_what_comes_later()
    {
        var waiting = Enumerable.Range(0, 200)
            .Select(i => Events.AppendAsync(new("shop", $"{i}"), [.. Some(0, 3)], Received, Cancel)).ToArray();
        await _store.DisposeAsync();
        var kept = 0;
        foreach (var append in waiting)
        {
            try
            {
                kept += (await append).Added;
            }
            catch (ObjectDisposedException)
            {
                // Had no place yet.
            }
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Events.AppendAsync(_phone, [.. Some(0, 3)], Received, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Events.RecentAsync(_phone, 3, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Events.EraseAsync(_phone, Cancel));
        await ReopenAsync();
        Assert.True(kept > 0);
        Assert.Equal(kept, await Events.CountAsync(Cancel));
        Assert.Equal(kept, (await AllAsync()).Count);
    }

    [Fact]
    public async Task An_exported_table_has_every_event()
    {
        using var folder = new Tandem.Tests.TemporaryFolder();
        var file = folder["events.parquet"];
        Assert.Equal(0, await EventExport.WriteAsync(Events, file, cancel: Cancel));
        Assert.Empty(await ExportedEvents.ReadAsync(file));
        for (var i = 0; i < 12; i++)
        {
            var device = new DeviceId(i % 3 == 0 ? "bücher" : "shop", $"device {i % 4}");
            await Events.AppendAsync(device, [.. Some(i * 5_000, 5_000)], Received + i, Cancel);
        }

        Assert.Equal(60_000, await EventExport.WriteAsync(Events, file, cancel: Cancel)); // two row groups
        Assert.Equal(await AllAsync(), await ExportedEvents.ReadAsync(file));
        Assert.Equal(20_000, await EventExport.WriteAsync(Events, file, "bücher", cancel: Cancel));
        Assert.Equal(await AllAsync("bücher"), await ExportedEvents.ReadAsync(file));
        Assert.Equal([file], Directory.EnumerateFiles(folder.Root));
    }

    [Fact]
    public async Task An_export_that_is_cut_off_leaves_the_file_as_it_was()
    {
        using var folder = new Tandem.Tests.TemporaryFolder();
        var file = folder.Write("events.parquet", "what was there");
        await Events.AppendAsync(_phone, [.. Some(0, 10)], Received, Cancel);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EventExport.WriteAsync(Events, file, cancel: cancelled.Token));
        Assert.Equal("what was there", await File.ReadAllTextAsync(file, Cancel));
        Assert.Equal([file], Directory.EnumerateFiles(folder.Root));
    }

    [Fact]
    public async Task Keys_are_found_by_their_hashes_until_they_are_revoked()
    {
        ApiKey[] keys =
        [
            Key("z", ApiScope.Device, 1, null), Key("a", ApiScope.Operator, 2, Received), Key("ü 😀", ApiScope.Device, 3, null),
        ];
        foreach (var key in keys) await _store.Keys.AddAsync(key, Cancel);
        await ReopenAsync();
        Assert.Equivalent(keys, await _store.Keys.ListAsync(Cancel), strict: true);
        Assert.Equivalent(keys[1], await _store.Keys.FindAsync(keys[1].Hash, Cancel), strict: true);
        Assert.Null(await _store.Keys.FindAsync(new byte[32], Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => _store.Keys.AddAsync(keys[0] with { Hash = new byte[32] }, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => _store.Keys.AddAsync(keys[0] with { Id = "b" }, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => _store.Keys.AddAsync(keys[0] with { Id = "b", Hash = new byte[31] }, Cancel));
        Assert.True(await _store.Keys.RevokeAsync("a", Cancel));
        Assert.False(await _store.Keys.RevokeAsync("a", Cancel));
        Assert.Null(await _store.Keys.FindAsync(keys[1].Hash, Cancel));
        Assert.Equal(["z", "ü 😀"], (await _store.Keys.ListAsync(Cancel)).Select(key => key.Id));

        static ApiKey Key(string id, ApiScope scope, byte first, long? expires) =>
            new(id, "shop", scope, [first, .. new byte[31]], Received, expires);
    }

    /// <summary>Events from a number on, each with an id of its own.</summary>
    protected static IEnumerable<NewEvent> Some(int first, int count) => Enumerable.Range(first, count)
        .Select(i => new NewEvent(i.ToString("D5", CultureInfo.InvariantCulture), $"item {i % 70}", 1_700_000_000 + i, i / 4f));

    /// <summary>As another process would have it; null where only one may.</summary>
    protected abstract Task<IStore?> OpenOtherAsync();

    /// <summary>Rows of the table of devices.</summary>
    protected abstract Task<long> DevicesAsync(string address);

    protected string Address => _address;

    private async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        _store = await Store.OpenAsync(_address, new() { ExpiredPerCommit = 7, RememberedKeys = 50 }, Cancel);
    }

    private async Task<List<StoredExposure>> ExposuresAsync(string app = "shop") =>
        await _store.Exposures.ReadAsync(app, Cancel).ToListAsync(Cancel);

    private async Task<List<StoredEvent>> AllAsync(string? app = null, long after = 0) =>
        await Events.ReadAsync(app, after, Cancel).ToListAsync(Cancel);
}
