using System.Runtime.InteropServices;
using Tandem.Device;
using Tandem.Device.Storage;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Native.Tests;

public sealed class StateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _bundle;

    public StateTests() => _bundle = SmallBundle.Write(_folder["bundle"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_logged_session_comes_back_with_its_events()
    {
        Assert.Equal(Status.Ok, Library.OpenLogged(_bundle, _folder["log"], out var session).Status);
        Library.Observe(session, 3);
        Library.Observe(session, 9);
        var before = Library.Best(session, 10);
        Assert.Equal(Status.Refused, Library.OpenLogged(_bundle, _folder["log"], out _).Status); // one process at a time, and one session
        Assert.Equal(Status.Ok, Library.Close(session).Status);
        Assert.Equal(Status.Ok, Library.OpenLogged(_bundle, _folder["log"], out var again).Status);
        Assert.Equal(before, Library.Best(again, 10));
        Library.Close(again);
    }

    [Fact]
    public void A_value_is_in_the_log_and_1_where_none_was_given()
    {
        var log = _folder["log"];
        Assert.Equal(Status.Ok, Library.OpenLogged(_bundle, log, out var session).Status);
        Assert.Equal(new Library.Answer(Status.Ok, ""), Library.ObserveValue(session, 3, -0.5f, unixSeconds: 7));
        Library.Observe(session, 9, unixSeconds: 8);
        Library.Close(session);
        Assert.True(EventLog.TryOpen(log, SmallBundle.Catalog, new(), out var opened, out var events, out var fault), fault);
        opened.Dispose();
        Assert.Equal([LoggedEvent.Observe(3, 7) with { Value = (Half)(-0.5f) }, LoggedEvent.Observe(9, 8)], events);
    }

    [Fact]
    public void A_snapshot_is_restored_and_a_torn_one_refused()
    {
        var session = Library.Open(_bundle);
        Library.Observe(session, 3);
        var before = Library.Best(session, 10);
        Assert.Equal(Status.Ok, Library.Snapshot(session, null, out var needed).Status);
        var bytes = new byte[needed];
        Assert.Equal(Status.Ok, Library.Snapshot(session, bytes, out _).Status);
        Library.Observe(session, 9);
        Assert.Equal(Status.Refused, Library.Restore(session, bytes[..^1]).Status);
        Assert.NotEqual(before, Library.Best(session, 10));
        Assert.Equal(Status.Ok, Library.Restore(session, bytes).Status);
        Assert.Equal(before, Library.Best(session, 10));
    }

    [Fact]
    public void A_buffer_that_cannot_hold_a_snapshot_is_told_how_much_it_takes_and_left_alone()
    {
        var session = Library.Open(_bundle);
        Library.Observe(session, 3);
        Library.Snapshot(session, null, out var needed);
        var small = new byte[needed - 1];
        Array.Fill(small, (byte)0xEE);
        var answer = Library.Snapshot(session, small, out var told);
        Assert.Equal(Status.TooSmall, answer.Status);
        Assert.Contains($"takes {needed} bytes, the buffer has {needed - 1}", answer.Error, StringComparison.Ordinal);
        Assert.Equal(needed, told);
        Assert.All(small, value => Assert.Equal(0xEE, value));
    }

    [Fact]
    public void A_packet_counts_until_the_next_model_and_a_foreign_one_is_refused()
    {
        var (session, version) = (Library.Open(_bundle), DeviceModel.Open(_bundle).Version);
        Library.Observe(session, 3);
        var before = Library.Best(session, 10);
        Assert.Equal(Status.Refused, Library.Apply(session, Packet("another")).Status);
        Assert.Equal(Status.Refused, Library.Apply(session, [1, 2, 3]).Status);
        Assert.Equal(before, Library.Best(session, 10));
        Assert.Equal(Status.Ok, Library.Apply(session, Packet(version)).Status);
        Assert.NotEqual(before, Library.Best(session, 10));
        Library.Swap(session, _bundle);
        Assert.Equal(before, Library.Best(session, 10));
    }

    [Fact]
    public void A_packet_is_let_go_of()
    {
        var (session, version) = (Library.Open(_bundle), DeviceModel.Open(_bundle).Version);
        Library.Observe(session, 3);
        var before = Library.Best(session, 10);
        Assert.Equal(new(Status.Nothing, "no packet's weights serve"), Library.DropParameters(session));
        Assert.Equal(Status.Ok, Library.Apply(session, Packet(version)).Status);
        Assert.NotEqual(before, Library.Best(session, 10));
        Assert.Equal(new(Status.Ok, ""), Library.DropParameters(session));
        Assert.Equal(before, Library.Best(session, 10));
    }

    [Fact]
    public void Learning_changes_the_ranking_or_says_why_not()
    {
        var session = Library.Open(_bundle);
        Assert.Equal(Status.Nothing, Library.Learn(session).Status); // no events
        for (var i = 0; i < 24; i++) Library.Observe(session, i % 2 == 0 ? 3 : 27);
        var before = Library.Best(session, 10);
        var learned = Library.Learn(session);
        Assert.True(learned.Status is Status.Ok or Status.Nothing, learned.Error);
        Assert.Equal(learned.Status == Status.Nothing, learned.Error.Length > 0);
        Assert.Equal(Status.Ok, Library.Unlearn(session).Status);
        Assert.Equal(before, Library.Best(session, 10));
        Assert.Equal(Status.BadArgument, Library.Learn(session, mostMillis: 0).Status);
    }

    [Fact]
    public void An_explanation_is_the_device_runtimes()
    {
        var (session, twin) = (Library.Open(_bundle), new DeviceSession(DeviceModel.Open(_bundle), new()));
        foreach (var item in new[] { 5, 17, 30 })
        {
            Library.Observe(session, item, 1);
            twin.Observe(item, 1);
        }

        var expected = twin.Explain(9);
        Assert.Equal(Status.Ok, Library.Explain(session, 9, out var found).Status);
        Assert.Equal((expected.DeviceScore, 0f, 1f, 3), (found.DeviceScore, found.CloudShare, found.DeviceShare, found.EventCount));
        for (var i = 0; i < 3; i++)
        {
            var nearest = expected.NearestEvents[i];
            Assert.Equal(new NearestEvent(nearest.Item, (int)nearest.Age, nearest.Similarity), found.Events[i]);
        }

        Assert.Equal(Status.BadArgument, Library.Explain(session, 0, out _).Status);
    }

    [Fact]
    public void What_counts_add_is_told_to_callers_that_have_room_for_it()
    {
        var bundle = SmallBundle.Write(_folder["counted"], counts: true);
        var (session, twin) = (Library.Open(bundle), new DeviceSession(DeviceModel.Open(bundle), new()));
        foreach (var item in new[] { 5, 17, 7, 7 })
        {
            Library.Observe(session, item, 1);
            twin.Observe(item, 1);
        }

        var expected = twin.Explain(8);
        Assert.Equal([7, 7, 5], expected.FollowedEvents.Select(e => e.Item));
        var bytes = new byte[120];
        Array.Fill(bytes, (byte)0xEE);
        Assert.Equal(Status.Ok, Library.ExplainSized(session, 8, bytes).Status);
        var found = MemoryMarshal.Read<ItemExplanation>(bytes);
        Assert.Equal((expected.DeviceScore, expected.SuccessorScore, 3), (found.DeviceScore, found.SuccessorScore, found.FollowedCount));
        for (var i = 0; i < 3; i++)
        {
            var followed = expected.FollowedEvents[i];
            Assert.Equal(new FollowedItem(followed.Item, (int)followed.Age, followed.Share), found.Followed[i]);
        }

        Assert.All(bytes[104..], value => Assert.Equal(0xEE, value));
        Array.Fill(bytes, (byte)0xEE);
        Assert.Equal(Status.Ok, Library.Explain(session, 8, bytes).Status);
        Assert.All(bytes[ItemExplanation.FirstSize..], value => Assert.Equal(0xEE, value)); // an older caller's room ends there
        Assert.Equal(expected.DeviceScore, MemoryMarshal.Read<ItemExplanation>(bytes).DeviceScore);
        Assert.Equal(Status.BadArgument, Library.ExplainSized(session, 8, bytes, size: 55).Status);
        Assert.Equal(Status.BadArgument, Library.ExplainSized(session, 8, bytes, size: 4_097).Status);
        Assert.Equal(Status.BadArgument, Library.ExplainSized(session, 8, null, size: 100).Status);
    }

    private static byte[] Packet(string modelVersion)
    {
        var weights = new SafetensorsWriter();
        weights.Add<float>("backbone.norm.bias", [1, -2, 3, -4, 5, -6, 7, -8], 8);
        return ParameterPacket.ToBytes(modelVersion, "p", weights);
    }
}
