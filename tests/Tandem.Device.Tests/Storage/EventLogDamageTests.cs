using CsCheck;
using Tandem.Device.Storage;

namespace Tandem.Device.Tests.Storage;

public class EventLogDamageTests
{
    private static readonly LoggedEvent[] _written =
    [
        LoggedEvent.Observe(7, 1_700_000_000), LoggedEvent.Observe(12_101,
            -5) with { Value = (Half)(-0.5f) }, LoggedEvent.Undo(long.MaxValue), LoggedEvent.Observe(1, 0),
    ];

    private static readonly LoggedEvent[] _observed =
    [
        LoggedEvent.Observe(7, 1_700_000_000), LoggedEvent.Observe(12_101,
            -5) with { Value = (Half)(-0.5f) }, LoggedEvent.Forgotten(8), LoggedEvent.Observe(1, 0),
    ];

    private static readonly LoggedEvent _next = LoggedEvent.Observe(99, 3);

    [Fact]
    public void A_file_cut_off_at_any_byte_holds_the_whole_records_before_the_cut_and_goes_on()
    {
        using var file = new LogFile();
        var whole = Write(file);
        for (var length = 0; length <= whole.Length; length++)
        {
            file.Bytes = whole[..length];
            var survive = Math.Max(0, length - EventLogHeader.SizeBytes) / EventRecord.SizeBytes;
            var torn = length - (length < EventLogHeader.SizeBytes ? 0 : EventLogHeader.SizeBytes + survive * EventRecord.SizeBytes);
            file.With((log, events) =>
            {
                Assert.Equal(_written[..survive], events);
                Assert.Equal(torn, log.CutOffBytes);
                log.Append(_next);
                return 0;
            });
            Assert.Equal([.. _written[..survive], _next], file.Events());
        }
    }

    [Fact]
    public void A_flipped_bit_costs_at_most_its_record_and_never_makes_one_up()
    {
        using var file = new LogFile();
        file.Append(_observed);
        var whole = file.Bytes;
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var flipped = (byte[])whole.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            file.Bytes = flipped;
            var (events, damage) = file.With((log, events) => (events, log.Damage));
            var (hit, at) = Math.DivRem(bit / 8 - EventLogHeader.SizeBytes, EventRecord.SizeBytes);
            var isLost = bit / 8 >= EventLogHeader.SizeBytes
                && (at >= sizeof(uint) || hit == _observed.Length - 1); // or its checksum alone
            Assert.Equal(isLost ? [.. _observed[..hit], .. _observed[(hit + 1)..]] : _observed, events);
            Assert.Equal(isLost ? 1 : 0, damage!.Events);
            Assert.Equal(flipped, File.ReadAllBytes(damage.File));
            File.Delete(damage.File);
            (var again, damage) = file.With((log, again) => (again, log.Damage));
            Assert.Equal(events, again);
            Assert.Null(damage);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xFF)]
    public void A_tail_that_the_disk_filled_with_one_byte_is_set_aside(byte filler)
    {
        using var file = new LogFile();
        file.Bytes = [.. Write(file), .. Enumerable.Repeat(filler, 5000)];
        file.With((log, events) =>
        {
            Assert.Equal(_written, events);
            Assert.Equal(5000 / EventRecord.SizeBytes + 1, log.Damage!.Events);
            return 0;
        });
        Assert.Equal(EventLogHeader.SizeBytes + _written.Length * EventRecord.SizeBytes, file.Bytes.Length);
    }

    [Fact]
    public void Wherever_bytes_are_put_in_taken_out_or_overwritten_the_other_records_are_read()
    {
        using var file = new LogFile();
        LoggedEvent[] many = [.. Enumerable.Range(1, 60).Select(i => LoggedEvent.Observe(i, i))];
        file.Append(many);
        var whole = file.Bytes;
        Gen.Select(Gen.Int[EventLogHeader.SizeBytes, whole.Length], Gen.Int[0, 70], Gen.Byte.Array[0, 70]).Sample(
            (at, taken, put) =>
            {
                taken = Math.Min(taken, whole.Length - at);
                file.Bytes = [.. whole[..at], .. put, .. whole[(at + taken)..]];
                var (events, damage) = file.With((log, events) => (events, log.Damage));
                if (damage is not null) File.Delete(damage.File);
                var first = (at - EventLogHeader.SizeBytes) / EventRecord.SizeBytes;
                var behind = (at + taken - EventLogHeader.SizeBytes + EventRecord.SizeBytes - 1) / EventRecord.SizeBytes;
                Assert.Equal(many[..first], events.Take(first));
                Assert.Equal(events.OrderBy(e => e.Item), events);
                Assert.All(events, e => Assert.Equal(e.Item, e.Time));
                var missing = many.Except(events).ToArray();
                Assert.DoesNotContain(missing, e => e.Item <= first || e.Item > behind + 1); // the next one needs its neighbour's checksum
                // Between two good records their places tell how many are missing; at the end the bytes do.
                if (missing.Length > 0 && events.Contains(many[^1])) Assert.Equal(missing.Length, damage!.Events);
            },
            iter: 400,
            threads: 1);
    }

    [Fact]
    public void An_undo_of_a_lost_event_takes_back_no_other()
    {
        using var file = new LogFile();
        file.Append([LoggedEvent.Observe(1, 0), LoggedEvent.Observe(2, 0), LoggedEvent.Undo(0), LoggedEvent.Observe(3, 0),
            LoggedEvent.Undo(0), LoggedEvent.Undo(0)]);
        var bytes = file.Bytes;
        bytes[EventLogHeader.SizeBytes + EventRecord.SizeBytes + 12] ^= 1; // the item of the second
        file.Bytes = bytes;
        Assert.Equal([LoggedEvent.Observe(1, 0), LoggedEvent.Observe(3, 0), LoggedEvent.Undo(0), LoggedEvent.Undo(0)], file.Events());
    }

    [Fact]
    public void Two_flipped_bits_of_a_header_are_refused_and_the_file_is_left_as_it_is()
    {
        using var file = new LogFile();
        var bytes = Write(file);
        bytes[17] ^= 1;
        bytes[30] ^= 4;
        file.Bytes = bytes;
        file.AssertRefused("has a damaged header");
    }

    [Fact]
    public void Records_that_a_cut_removed_do_not_come_back_behind_a_new_one()
    {
        using var file = new LogFile();
        var old = Write(file);
        file.Bytes = old[..^(2 * EventRecord.SizeBytes)];
        file.Append(_next);
        // As if a power cut had undone the shortening and not the new record.
        file.Bytes = [.. file.Bytes, .. old[^EventRecord.SizeBytes..]];
        Assert.Equal([.. _written[..2], _next], file.Events());
    }

    [Fact]
    public void A_record_of_another_log_is_none_of_this_one()
    {
        using LogFile file = new(), other = new();
        Write(file);
        other.With(log => log.Compact(5, []));
        other.Append(_written);
        file.Bytes = [.. file.Bytes[..^EventRecord.SizeBytes], .. other.Bytes[^EventRecord.SizeBytes..]];
        Assert.Equal(_written[..^1], file.Events());
    }

    [Fact]
    public void A_file_of_another_kind_is_refused_and_left_as_it_is()
    {
        using var file = new LogFile();
        foreach (var foreign in new[] { "x", "TANDEX", "a text that is a good deal longer than the sixty-four bytes of a header" })
        {
            file.Bytes = System.Text.Encoding.UTF8.GetBytes(foreign);
            file.AssertRefused("is no event log");
        }
    }

    [Theory]
    [InlineData(12)]
    [InlineData(40)]
    [InlineData(64)]
    public void A_newer_format_is_refused_and_left_as_it_is(int length)
    {
        using var file = new LogFile();
        var bytes = Write(file)[..length];
        bytes[8] = 2;
        file.Bytes = bytes;
        file.AssertRefused("has format 2, this build reads format 1; update the app");
    }

    [Fact]
    public void A_log_of_another_catalogue_is_refused_and_left_as_it_is()
    {
        using var file = new LogFile();
        Write(file);
        file.AssertRefused("another catalogue than catalogue-b", catalog: "catalogue-b");
    }

    private static byte[] Write(LogFile file)
    {
        file.Append(_written);
        return file.Bytes;
    }
}
