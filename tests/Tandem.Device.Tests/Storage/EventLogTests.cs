using CsCheck;
using Tandem.Device.Storage;
using Tandem.Tests;

namespace Tandem.Device.Tests.Storage;

public class EventLogTests
{
    private static readonly Gen<Half> _value = Gen.UShort.Select(BitConverter.UInt16BitsToHalf).Where(Half.IsFinite);

    private static readonly Gen<LoggedEvent> _event = Gen.Frequency(
        (4, Gen.Select(Gen.Int[1, int.MaxValue], Gen.Long, _value).Select(
            (item, time, value) => LoggedEvent.Observe(item, time) with { Value = value })),
        (1, Gen.Long.Select(LoggedEvent.Undo)));

    [Fact]
    public void Events_come_back_in_order_over_any_appends_compactions_and_restarts() =>
        Gen.Select(Gen.Int[0, 2], _event.Array[0, 5]).Array[0, 12].Sample(
            steps =>
            {
                using var file = new LogFile();
                var (expected, expectedBase) = (new List<LoggedEvent>(), 0L);
                foreach (var (kind, events) in steps)
                {
                    if (kind < 2)
                    {
                        file.Append(events);
                        expected.AddRange(events);
                    }
                    else
                    {
                        var kept = expected.TakeLast(events.Length).ToArray();
                        expectedBase += expected.Count - kept.Length;
                        expected = [.. kept, events.FirstOrDefault(LoggedEvent.Undo(1))];
                        file.With(log =>
                        {
                            log.Compact(expectedBase, kept);
                            log.Append(expected[^1]);
                        });
                    }

                    Assert.Equal(expected, file.Events());
                    Assert.Equal(expectedBase, file.With((log, _) => log.BaseCount));
                }
            },
            iter: 100);

    // The checksums were computed bit by bit in Python, from the polynomial 0x82F63B78.
    [Fact]
    public void The_bytes_are_those_of_format_1()
    {
        using var file = new LogFile();
        file.With(log => log.Compact(513, []));
        file.Append(LoggedEvent.Observe(0x01020304, 0x1122334455667788), LoggedEvent.Undo(-1));
        Assert.Equal(
            "54414E44454D4556" + "01000000" + "00000000" + "0102000000000000"
            + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("catalogue-a"u8)) + "00000000" + "5826C7D5"
            + "264A57F8" + "00000000" + "01000000" + "04030201" + "8877665544332211"
            + "59454289" + "01000000" + "02000000" + "00000000" + "FFFFFFFFFFFFFFFF",
            Convert.ToHexString(file.Bytes));
        Assert.All(file.Events(), e => Assert.Equal(Half.One, e.Value));
    }

    [Fact]
    public void A_value_stands_beside_the_kind_as_its_bits_against_those_of_1()
    {
        using var file = new LogFile();
        float[] values = [1, 0, -1, 0.1f, 65_504, -0f];
        file.Append([.. values.Select(value => LoggedEvent.Observe(1, 1) with { Value = (Half)value })]);
        // As float16: 3C00, 0000, BC00, 2E66, 7BFF, 8000.
        string[] expected = ["01000000", "0100003C", "01000080", "01006612", "0100FF47", "010000BC"];
        for (var i = 0; i < values.Length; i++) Assert.Equal(expected[i], Convert.ToHexString(file.Bytes.AsSpan(64 + 24 * i + 8, 4)));
        Assert.Equal(values.Select(value => BitConverter.HalfToUInt16Bits((Half)value)), file.Events().Select(
            e => BitConverter.HalfToUInt16Bits(e.Value)));
    }

    [Theory]
    [InlineData(LoggedEventKind.Observe, 0x7C00, true)]     // infinite
    [InlineData(LoggedEventKind.Observe, 0xFE00, true)]     // no number
    [InlineData(LoggedEventKind.Observe, 0xFBFF, false)]    // the least number there is
    [InlineData(LoggedEventKind.Forgotten, 0x4000, true)]   // no event that could be strong
    public void A_record_with_a_value_that_cannot_be_ends_the_log_where_it_stands(LoggedEventKind kind, ushort bits, bool isCutOff)
    {
        using var file = new LogFile();
        file.Append(LoggedEvent.Observe(1, 1));
        var checksum = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(file.Bytes.AsSpan(64));
        var record = new byte[EventRecord.SizeBytes];
        EventRecord.Write(record, 1, new LoggedEvent(kind, 2, 0) with { Value = BitConverter.UInt16BitsToHalf(bits) }, checksum);
        file.Bytes = [.. file.Bytes, .. record];
        Assert.Equal(isCutOff ? [1] : [1, 2], file.Events().Select(e => e.Item));
    }

    [Fact]
    public void More_events_than_are_read_at_once_come_back()
    {
        using var file = new LogFile();
        foreach (var count in new[] { 1023, 1024, 1025, 5000 })
        {
            LoggedEvent[] events = [.. Enumerable.Range(1, count).Select(i => LoggedEvent.Observe(i, i))];
            file.With(log => log.Compact(0, events));
            Assert.Equal(events, file.Events());
        }
    }

    [Fact]
    public void A_log_that_is_open_cannot_be_opened_a_second_time()
    {
        using var file = new LogFile();
        file.With(log =>
        {
            Assert.False(EventLog.TryOpen(file.Path, LogFile.Catalog, new(), out _, out _, out var fault));
            Assert.Contains("cannot be opened", fault, StringComparison.Ordinal);
            log.Append(LoggedEvent.Observe(1, 1));
        });
        Assert.Single(file.Events());
    }

    [Fact]
    public void A_path_that_cannot_be_a_file_is_refused_with_a_reason()
    {
        using var file = new LogFile();
        Assert.False(EventLog.TryOpen(Path.Combine(file.Path, "no", "such"), LogFile.Catalog, new(), out _, out _, out var fault));
        Assert.Contains("cannot be opened", fault, StringComparison.Ordinal);
        Directory.CreateDirectory(file.Path);
        Assert.False(EventLog.TryOpen(file.Path, LogFile.Catalog, new(), out _, out _, out fault));
        Assert.Contains("cannot be opened", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compaction_that_fails_leaves_the_log_as_it_was_and_open()
    {
        using var file = new LogFile();
        file.Append(LoggedEvent.Observe(1, 1), LoggedEvent.Observe(2, 2));
        file.With(log =>
        {
            Directory.CreateDirectory(file.Temporary);
            Assert.ThrowsAny<Exception>(() => log.Compact(2, []));
            Assert.Equal((0, 2), (log.BaseCount, log.Count));
            log.Append(LoggedEvent.Observe(3, 3));
        });
        Assert.Equal([1, 2, 3], file.Events().Select(e => e.Item));
    }

    [Fact]
    public void What_is_no_event_is_refused_and_not_written()
    {
        using var file = new LogFile();
        LoggedEvent[] unsound =
        [
            new(LoggedEventKind.Observe, 0, 1), new(LoggedEventKind.Undo, 1, 1), new(0, 1, 1), default, new(
                (LoggedEventKind)0x1_0001, 1, 1),
            LoggedEvent.Observe(1, 1) with { Value = Half.NaN }, LoggedEvent.Observe(1, 1) with { Value = Half.NegativeInfinity },
            LoggedEvent.Undo(1) with { Value = Half.Zero },
        ];
        file.With(log =>
        {
            foreach (var e in unsound)
            {
                Assert.Throws<ArgumentException>(() => log.Append(e));
                Assert.Throws<ArgumentException>(() => log.Compact(0, [e]));
            }

            Assert.Throws<ArgumentOutOfRangeException>(() => log.Compact(-1, []));
        });
        Assert.Empty(file.Events());
    }

    [Fact]
    public void A_closed_log_takes_no_event()
    {
        using var file = new LogFile();
        Assert.True(EventLog.TryOpen(file.Path, LogFile.Catalog, new(), out var log, out _, out _));
        log.Dispose();
        log.Dispose();
        Assert.Throws<ObjectDisposedException>(() => log.Append(LoggedEvent.Observe(1, 1)));
        Assert.Throws<ObjectDisposedException>(log.Flush);
        Assert.Throws<ObjectDisposedException>(() => log.Compact(0, []));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32)]
    public void An_append_allocates_nothing_flushed_or_not(int flushEvery)
    {
        using var file = new LogFile();
        Assert.True(EventLog.TryOpen(file.Path, LogFile.Catalog, new() { FlushEvery = flushEvery }, out var log, out _, out _));
        using (log)
        {
            Allocation.AssertNone(() =>
            {
                for (var i = 0; i < 100; i++) log.Append(LoggedEvent.Observe(1, i));
            });
        }
    }
}
