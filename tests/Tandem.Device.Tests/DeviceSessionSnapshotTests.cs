using Tandem.Device.Tests.Models;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Device.Tests;

public sealed class DeviceSessionSnapshotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DeviceModel _model = TinyBundle.Load();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_restored_session_goes_on_bit_for_bit_at_any_moment()
    {
        var session = Session();
        for (var n = 0; n < 24; n++)
        {
            var restored = Restore(session.Snapshot());
            AssertSame(session, restored);
            for (var i = 0; i < 7; i++)
            {
                session.Observe(1 + (n * 11 + i * 5) % 40, i);
                restored.Observe(1 + (n * 11 + i * 5) % 40, i);
                AssertSame(session, restored);
            }

            session.Undo();
            restored.Undo();
            AssertSame(session, restored);
        }
    }

    [Fact]
    public void List_packet_and_forgotten_items_come_with_it()
    {
        var session = Session(new() { HistoryLimit = 6 });
        for (var item = 1; item <= 12; item++) session.Observe(item);
        Assert.True(session.TryAccept(Lists.Of(7, 30, 20, 19) with { HistoryLength = 10 }, out _));
        Assert.True(session.TryApply(Packet(), out _));
        var restored = Restore(session.Snapshot(), new() { HistoryLimit = 6 });
        Assert.Equal((2, 12L), (restored.ListAge, restored.EventCount));
        AssertSame(session, restored);
        Assert.Equal(Enumerable.Range(13, 28), restored.Recommend(40, RankingMode.Device).Select(r => r.Item).Order());
    }

    [Fact]
    public void Rows_that_came_with_lists_come_with_it()
    {
        var bundle = new TinyBundle();
        var table = bundle.Values("items.weight");
        bundle.Remove("items.weight");
        Assert.True(DeviceModel.TryLoad(bundle.Open(), out var bare, out _));
        var session = new DeviceSession(bare!, new());
        session.Observe(3);
        var slice = ItemSlice.FromTable(TinyBundle.Catalog, "1", [7, 30, 2, 3, 9], table, 8);
        Assert.True(session.TryAccept(Lists.Of(7, 30, 2) with { Slice = slice.ToBytes() }, out _));
        var restored = new DeviceSession(bare!, new());
        Assert.True(restored.TryRestore(session.Snapshot(), out var fault), fault);
        session.Observe(9);
        restored.Observe(9);
        Assert.Equal(session.Recommend(10), restored.Recommend(10));
        Assert.Equal(3, restored.Recommend(10).Length);
    }

    [Fact]
    public void A_torn_snapshot_is_refused_at_every_length_and_the_old_state_keeps_serving()
    {
        var session = Session();
        session.Observe(5);
        var whole = session.Snapshot();
        session.Observe(6);
        var before = session.Recommend(40);
        for (var length = 0; length < whole.Length; length += 7)
        {
            Assert.False(session.TryRestore(whole.AsMemory(0, length), out var fault));
            Assert.NotEmpty(fault!);
        }

        Assert.Equal(before, session.Recommend(40));
    }

    [Fact]
    public void A_snapshot_of_another_model_gives_its_events_and_its_list()
    {
        var other = new TinyBundle(seed: 2) { Version = "2" };
        Assert.True(DeviceModel.TryLoad(other.Open(), out var next, out _));
        var (before, expected) = (Session(), new DeviceSession(next, new()));
        foreach (var session in new[] { before, expected })
        {
            foreach (var item in new[] { 3, 9, 27 }) session.Observe(item, time: 7);
            session.Undo();
            Assert.True(session.TryAccept(Lists.Of(7, 30, 2) with { HistoryLength = 1 }, out var refused), refused);
        }

        var updated = new DeviceSession(next, new());
        Assert.True(updated.TryRestore(before.Snapshot(), out var fault), fault);
        Assert.Equal(expected.History, updated.History);
        Assert.Equal((2, 1), (updated.EventCount, updated.ListAge));
        Assert.Equal(expected.Recommend(40, RankingMode.Device), updated.Recommend(40, RankingMode.Device));
        Assert.Equal(expected.Recommend(10), updated.Recommend(10));
        Assert.Equal(expected.Snapshot(), updated.Snapshot());
    }

    [Fact]
    public void A_snapshot_of_another_catalogue_is_refused()
    {
        Assert.True(DeviceModel.TryLoad(new TinyBundle { CatalogVersion = "catalogue-b" }.Open(), out var model, out _));
        Assert.False(Session().TryRestore(new DeviceSession(model, new()).Snapshot(), out var fault));
        Assert.Contains("numbers items by catalogue catalogue-b", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_follows_what_was_restored()
    {
        var session = Session();
        foreach (var item in new[] { 3, 9 }) session.Observe(item);
        var snapshot = session.Snapshot();
        using (var logged = Open())
        {
            logged.Observe(27);
            Assert.True(logged.TryRestore(snapshot, out var fault), fault);
            logged.Observe(4);
        }

        using var again = Open();
        Assert.Equal([3, 9, 4], again.History);
    }

    private static ParameterPacket Packet()
    {
        var weights = new SafetensorsWriter();
        weights.Add<float>("backbone.norm.bias", [1, 2, 3, 4, 5, 6, 7, 8], 8);
        Assert.True(ParameterPacket.TryParse(ParameterPacket.ToBytes("1", "p", weights), out var packet, out _));
        return packet;
    }

    private static void AssertSame(DeviceSession expected, DeviceSession actual)
    {
        Assert.Equal(expected.History, actual.History);
        Assert.Equal(expected.Recommend(40), actual.Recommend(40));
        Assert.Equal(expected.Recommend(40, RankingMode.Device), actual.Recommend(40, RankingMode.Device));
    }

    private DeviceSession Session(DeviceSessionOptions? options = null) => new(_model, options ?? new());

    private DeviceSession Restore(byte[] snapshot, DeviceSessionOptions? options = null)
    {
        var session = Session(options);
        session.Observe(33); // to be forgotten
        Assert.True(session.TryRestore(snapshot, out var fault), fault);
        return session;
    }

    private DeviceSession Open() =>
        DeviceSession.TryOpen(_model, new(), _folder["events.log"], out var session, out var fault)
            ? session
            : throw new InvalidOperationException(fault);
}
