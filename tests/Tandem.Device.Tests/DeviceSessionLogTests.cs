using CsCheck;
using Tandem.Device.Tests.Models;
using Tandem.Tests;

namespace Tandem.Device.Tests;

public sealed class DeviceSessionLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DeviceModel _model = TinyBundle.Load();

    private string LogPath => _folder["events.log"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_session_comes_back_with_its_events()
    {
        var before = Observe([3, 9, 27, 5], undo: true);
        using var session = Open();
        Assert.Equal([3, 9, 27], session.History);
        Assert.Equal(before, session.Recommend(40));
    }

    [Fact]
    public void A_file_cut_off_at_any_byte_gives_a_session_of_the_events_before()
    {
        Observe([3, 9, 27, 5], undo: false);
        var whole = File.ReadAllBytes(LogPath);
        int[] events = [3, 9, 27, 5];
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(LogPath, whole[..length]);
            using var session = Open();
            Assert.Equal(events[..session.History.Count], session.History);
            if (length == whole.Length) Assert.Equal(4, session.History.Count);
        }
    }

    [Fact]
    public void A_long_life_keeps_file_and_memory_bounded_and_forgets_no_consumed_item()
    {
        var options = new DeviceSessionOptions { HistoryLimit = 8 };
        var random = new Random(5);
        var expected = new List<int>();
        using (var session = Open(options))
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (random.Next(10) == 0 && session.Undo()) continue;
                session.Observe(random.Next(1, 31));
            }

            expected.AddRange(session.Recommend(40).Select(r => r.Item));
            Assert.InRange(new FileInfo(LogPath).Length, 1, 150_000);
        }

        using var again = Open(options);
        Assert.Equal(expected, again.Recommend(40).Select(r => r.Item));
        Assert.InRange(again.EventCount, 10_000, 20_000);
    }

    [Fact]
    public void Items_that_the_bundle_lacks_are_refused_and_the_file_stays()
    {
        Observe([40], undo: false);
        var bytes = File.ReadAllBytes(LogPath);
        var bundle = new TinyBundle();
        bundle.Shape = bundle.Shape with { Items = 39 };
        bundle.Reshape("items.weight", 40, 8);
        Assert.True(DeviceModel.TryLoad(bundle.Open(), out var smaller, out _));
        Assert.False(DeviceSession.TryOpen(smaller!, new(), LogPath, out _, out var fault));
        Assert.Contains("holds item 40, this bundle has 39", fault, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(LogPath));
    }

    [Fact]
    public void Events_with_a_log_allocate_nothing()
    {
        using var session = Open(new() { HistoryLimit = 8 });
        Allocation.AssertNone(() =>
        {
            for (var i = 1; i <= 40; i++) session.Observe(i, value: 0.1f * i);
        });
    }

    [Fact]
    public void Whatever_was_observed_and_taken_back_a_reopened_session_is_the_same()
    {
        // Positive: observe an item; 0: undo; −1: close and open.
        Gen.Int[-1, 40].Array[1, 60].Sample(
            steps =>
            {
                File.Delete(LogPath);
                var options = new DeviceSessionOptions { HistoryLimit = 6 };
                var (lasting, plain) = (Open(options), new DeviceSession(_model, options));
                foreach (var step in steps)
                {
                    if (step > 0)
                    {
                        lasting.Observe(step, 7);
                        plain.Observe(step, 7);
                    }
                    else if (step == 0)
                    {
                        Assert.Equal(plain.Undo(), lasting.Undo());
                    }
                    else
                    {
                        lasting.Dispose();
                        lasting = Open(options);
                    }

                    Assert.Equal(plain.History, lasting.History);
                }

                Assert.Equal(plain.Recommend(40), lasting.Recommend(40));
                lasting.Dispose();
            },
            iter: 200,
            threads: 1);
    }

    private Recommendation[] Observe(int[] items, bool undo)
    {
        using var session = Open();
        foreach (var item in items) session.Observe(item);
        if (undo) Assert.True(session.Undo());
        return session.Recommend(40);
    }

    private DeviceSession Open(DeviceSessionOptions? options = null) =>
        DeviceSession.TryOpen(_model, options ?? new(), LogPath, out var session, out var fault)
            ? session
            : throw new InvalidOperationException(fault);
}
