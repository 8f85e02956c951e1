using Tandem.Device.Storage;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Device.Tests;

public sealed class EventOutboxTests : IDisposable
{
    private static readonly EventLogOptions _unflushed = new() { FlushEvery = 0 }; // these tests are about bytes, not about the disk

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string OutboxPath => _folder["outbox"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_are_sent_oldest_first_in_batches_and_then_are_gone()
    {
        var cloud = new EventCloud();
        using (var outbox = Open(new() { BatchSize = 4, Log = _unflushed }))
        {
            for (var item = 1; item <= 10; item++) Assert.True(outbox.Add(item, 100 + item, item / 4f));
            Assert.Equal(10, outbox.Count);
            Assert.Equal(new OutboxOutcome(10, 0, "all are sent", null), await outbox.SendAsync(cloud, Cancel));
        }

        Assert.Equal([4, 4, 2], cloud.Batches.Select(batch => batch.Events.Count));
        Assert.Equal(Enumerable.Range(1, 10), cloud.Kept.Select(e => e.Item));
        Assert.Equal((105, 1.25f), (cloud.Kept[4].Time, cloud.Kept[4].Value));
        Assert.All(cloud.Batches, batch => Assert.True(batch.TryValidate(40, out _)));
        using var again = Open();
        Assert.Equal(0, again.Count);
        again.Add(5, 7);
        await again.SendAsync(cloud, Cancel);
        Assert.Equal(11, cloud.Kept.Count);
    }

    [Theory]
    [InlineData(Loss.Request)]
    [InlineData(Loss.Answer)]
    [InlineData(Loss.Lie)]
    public async Task What_has_no_receipt_is_sent_again_under_the_same_ids(Loss loss)
    {
        var cloud = new EventCloud { Loss = loss };
        using (var outbox = Open())
        {
            outbox.Add(3, 1);
            outbox.Add(4, 2);
            var outcome = await outbox.SendAsync(cloud, Cancel);
            Assert.Equal((0, 2), (outcome.Sent, outcome.Left));
            Assert.NotNull(outcome.Fault);
        }

        using var again = Open();
        cloud.Loss = Loss.None;
        Assert.Equal(2, (await again.SendAsync(cloud, Cancel)).Sent);
        Assert.Equal(cloud.Batches[0].Events.Select(e => e.Id), cloud.Batches[1].Events.Select(e => e.Id));
        Assert.Equal([3, 4], cloud.Kept.Select(e => e.Item));
    }

    [Fact]
    public void A_file_cut_off_at_any_byte_keeps_every_whole_event_and_its_id()
    {
        using (var outbox = Open())
        {
            for (var item = 1; item <= 4; item++) outbox.Add(item, item);
        }

        var (whole, ids) = (File.ReadAllBytes(OutboxPath), Ids(OutboxPath));
        for (var length = EventLogHeader.SizeBytes; length <= whole.Length; length++)
        {
            File.WriteAllBytes(OutboxPath, whole[..length]);
            Assert.Equal(ids[..((length - EventLogHeader.SizeBytes) / EventRecord.SizeBytes)], Ids(OutboxPath));
        }
    }

    [Fact]
    public void Behind_damage_no_event_takes_the_id_of_another()
    {
        using (var outbox = Open())
        {
            for (var i = 0; i < 4; i++) outbox.Add(7, 7);
        }

        var (bytes, ids) = (File.ReadAllBytes(OutboxPath), Ids(OutboxPath));
        bytes[EventLogHeader.SizeBytes + EventRecord.SizeBytes + 13] ^= 4;
        File.WriteAllBytes(OutboxPath, bytes);
        using var damaged = Open();
        Assert.Equal((1, 3), (damaged.Damage!.Events, damaged.Count));
        damaged.Dispose();
        Assert.Empty(Ids(OutboxPath).Intersect(ids));
    }

    /// <summary>1,000 events; requests and answers that are lost, and processes that end at any moment.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_lost_on_the_way_every_event_counts_once(int seed)
    {
        const int Events = 1_000;
        var random = new Random(seed);
        var cloud = new EventCloud();
        var (added, ends) = (0, 0);
        var time = new ManualTime();
        var options = new EventOutboxOptions { BatchSize = 17, Log = _unflushed, Time = time };
        var outbox = Open(options);
        while (added < Events || outbox.Count > 0)
        {
            for (var n = random.Next(0, 12); n > 0 && added < Events; n--) Assert.True(outbox.Add(random.Next(1, 40), ++added));
            cloud.Loss = (Loss)random.Next(5);
            time.Advance(60);
            using var death = new CancellationTokenSource();
            if (random.Next(3) == 0) cloud.BeforeAnswer = death.Cancel;
            try
            {
                await outbox.SendAsync(cloud, death.Token);
            }
            catch (OperationCanceledException)
            {
                // The answer was on its way when the process ended, in the middle of writing an event down: another one opens the file.
                outbox.Dispose();
                File.AppendAllBytes(OutboxPath, new byte[random.Next(EventRecord.SizeBytes)]);
                outbox = Open(options);
                ends++;
            }

            cloud.BeforeAnswer = null;
        }

        outbox.Dispose();
        Assert.InRange(ends, 10, 10_000);
        Assert.True(cloud.Repeated > 50, $"{cloud.Repeated} events came again");
        Assert.Equal(Enumerable.Range(1, Events).Select(time => (long)time), cloud.Kept.Select(e => e.Time));
        Assert.Equal(Events, cloud.Kept.Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public void Beyond_the_limit_the_oldest_is_dropped_and_counted_and_the_file_stays_bounded()
    {
        var options = new EventOutboxOptions { EventLimit = 10, Log = _unflushed };
        using (var outbox = Open(options))
        {
            for (var time = 1; time <= 10_000; time++) outbox.Add(3, time);
            Assert.Equal((10, 9_990L), (outbox.Count, outbox.DroppedEvents));
            Assert.InRange(new FileInfo(OutboxPath).Length, 1, 110_000);
        }

        using var again = Open(options);
        Assert.Equal(10, again.Count);
    }

    [Fact]
    public async Task An_event_that_was_dropped_on_its_way_and_came_is_not_counted_as_dropped()
    {
        var cloud = new EventCloud();
        using var outbox = Open(new() { EventLimit = 4, BatchSize = 3, Log = _unflushed });
        for (var time = 1; time <= 4; time++) outbox.Add(3, time);
        cloud.BeforeAnswer = () =>
        {
            cloud.BeforeAnswer = null;
            outbox.Add(3, 5);
            outbox.Add(3, 6);
            Assert.Equal(2, outbox.DroppedEvents);
        };
        await outbox.SendAsync(cloud, Cancel);
        Assert.Equal(0, outbox.DroppedEvents);
        Assert.Equal([1L, 2, 3, 4, 5, 6], cloud.Kept.Select(e => e.Time));
    }

    [Fact]
    public async Task A_session_hands_over_what_it_observes_and_takes_back_what_is_not_sent()
    {
        var cloud = new EventCloud();
        using var outbox = Open();
        using var session = new DeviceSession(TinyBundle.Load(), new()) { Outbox = outbox };
        session.Observe(3, time: 10, value: 0.1f);
        session.Observe(4, time: 11);
        Assert.True(session.Undo());
        Assert.Equal(1, outbox.Count);
        cloud.BeforeAnswer = () => Assert.True(session.Undo()); // too late for the outbox
        await outbox.SendAsync(cloud, Cancel);
        Assert.Equal([3], cloud.Kept.Select(e => e.Item));
        Assert.Equal((float)(Half)0.1f, cloud.Kept[0].Value);
        cloud.BeforeAnswer = null;
        session.Observe(5, time: 12);
        await outbox.SendAsync(cloud, Cancel);
        Assert.Equal([3, 5], cloud.Kept.Select(e => e.Item));
        Assert.Equal(1, session.EventCount);
    }

    [Fact]
    public void An_event_that_was_taken_back_stays_away_after_a_restart()
    {
        using (var outbox = Open())
        {
            outbox.Add(3, 1);
            outbox.Add(4, 2);
            Assert.False(outbox.TryTakeBack(3, 1)); // not the newest
            Assert.True(outbox.TryTakeBack(4, 2));
        }

        using var again = Open();
        Assert.Equal(1, again.Count);
    }

    [Fact]
    public void A_session_goes_on_without_an_outbox_that_is_closed_and_the_event_is_counted()
    {
        var outbox = Open();
        using var session = new DeviceSession(TinyBundle.Load(), new()) { Outbox = outbox };
        outbox.Dispose();
        session.Observe(3);
        Assert.Equal((1L, 1L), (session.EventCount, outbox.DroppedEvents));
    }

    [Fact]
    public void An_outbox_of_another_catalogue_is_refused()
    {
        Assert.True(EventOutbox.TryOpen(OutboxPath, "catalogue-b", new(), out var outbox, out _));
        using var session = new DeviceSession(TinyBundle.Load(), new());
        Assert.Throws<ArgumentException>(() => session.Outbox = outbox);
        outbox.Dispose();
        Assert.False(EventOutbox.TryOpen(OutboxPath, TinyBundle.Catalog, new(), out _, out var fault));
        Assert.Contains("another catalogue", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_and_an_outbox_are_not_taken_for_each_other()
    {
        Open().Dispose();
        Assert.False(DeviceSession.TryOpen(TinyBundle.Load(), new(), OutboxPath, out _, out var fault));
        Assert.Contains("is an outbox", fault, StringComparison.Ordinal);
        Assert.True(DeviceSession.TryOpen(TinyBundle.Load(), new(), _folder["log"], out var session, out _));
        session.Dispose();
        Assert.False(EventOutbox.TryOpen(_folder["log"], TinyBundle.Catalog, new(), out _, out fault));
        Assert.Contains("is a session's log", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cloud_says_when_it_may_be_called_again()
    {
        var (cloud, time) = (new EventCloud { Loss = Loss.Busy }, new ManualTime());
        using var outbox = Open(new() { Time = time });
        outbox.Add(3, 1);
        Assert.Equal(CloudFaultKind.Busy, (await outbox.SendAsync(cloud, Cancel)).Fault!.Kind);
        Assert.Contains("asked to wait 30 s", (await outbox.SendAsync(cloud, Cancel)).Reason, StringComparison.Ordinal);
        Assert.Single(cloud.Batches);
        time.Advance(31);
        cloud.Loss = Loss.None;
        Assert.Equal(1, (await outbox.SendAsync(cloud, Cancel)).Sent);
    }

    [Fact]
    public async Task One_call_sends_at_a_time_and_one_that_is_cancelled_is_over()
    {
        using var outbox = Open();
        outbox.Add(3, 1);
        var answer = new TaskCompletionSource();
        using var end = new CancellationTokenSource();
        var cloud = new EventCloud { Wait = answer.Task };
        var first = outbox.SendAsync(cloud, end.Token);
        Assert.Equal("a call is under way", (await outbox.SendAsync(cloud, Cancel)).Reason);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);
        answer.SetResult();
        Assert.Equal(1, (await outbox.SendAsync(cloud, Cancel)).Sent);
    }

    [Fact]
    public void Faults_of_settings_and_events_are_named()
    {
        var refused = Assert.Throws<ArgumentException>(() => Open(new() { EventLimit = 0, BatchSize = 10_001 }));
        Assert.Contains("event limit 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("batch size 10001", refused.Message, StringComparison.Ordinal);
        using var outbox = Open();
        Assert.Throws<ArgumentException>(() => outbox.Add(0, 1));
        Assert.Throws<ArgumentException>(() => outbox.Add(1, 1, 1e6f));
    }

    private static string[] Ids(string path)
    {
        var cloud = new EventCloud { Loss = Loss.Request };
        Assert.True(EventOutbox.TryOpen(path, TinyBundle.Catalog, new() { Log = _unflushed }, out var outbox, out var fault), fault);
        using (outbox) outbox.SendAsync(cloud, Cancel).AsTask().GetAwaiter().GetResult();
        return [.. cloud.Batches.SelectMany(batch => batch.Events).Select(e => e.Id)];
    }

    private EventOutbox Open(EventOutboxOptions? options = null) =>
        EventOutbox.TryOpen(OutboxPath, TinyBundle.Catalog, options ?? new(), out var outbox, out var fault)
            ? outbox
            : throw new InvalidOperationException(fault);
}
