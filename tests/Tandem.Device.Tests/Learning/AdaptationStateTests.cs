using Tandem.Device.Tests.Models;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Tests.Learning;

/// <summary>Learning beside the other ways in which a session's weights and rows come about.</summary>
public class AdaptationStateTests
{
    [Fact]
    public void A_device_without_a_table_learns_from_the_rows_it_holds()
    {
        var session = Bare([3, 27, 9, 14, 33, 7, 30, 2]);
        var before = session.Recommend(10, RankingMode.Rerank);
        var result = session.Learn(Habits.Fast);
        Assert.True(result.Accepted, result.Reason);
        Assert.NotEqual(before.Select(r => r.DeviceScore), session.Recommend(10, RankingMode.Rerank).Select(r => r.DeviceScore));
    }

    [Fact]
    public void Without_the_rows_of_its_events_it_has_nothing_to_learn_from()
    {
        var result = Bare([9, 14, 33, 7, 30, 2]).Learn(Habits.Fast);
        Assert.False(result.Accepted);
        Assert.StartsWith("0 events", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_learned_comes_back_with_a_snapshot()
    {
        var model = Habits.Model();
        var session = Habits.Session(model, Habits.ByTurns);
        Assert.True(session.Learn(Habits.Fast).Accepted);
        var restored = new DeviceSession(model, new() { ExcludeConsumed = false });
        Assert.True(restored.TryRestore(session.Snapshot(), out var fault), fault);
        Assert.True(restored.HasLearned);
        session.Observe(9, 0);
        restored.Observe(9, 0);
        Assert.Equal(Habits.All(session), Habits.All(restored));
    }

    [Fact]
    public void A_packet_takes_the_place_of_what_was_learned_and_unlearning_leads_back_to_it()
    {
        var session = Habits.Session(Habits.Model(), Habits.ByTurns);
        Assert.True(session.Learn(Habits.Fast).Accepted);
        Assert.True(session.TryApply(Packet(), out var fault), fault);
        Assert.False(session.HasLearned);
        var sent = Habits.All(session);
        Assert.True(session.Learn(Habits.Fast).Accepted);
        session.Unlearn();
        Assert.Equal(sent, Habits.All(session));
    }

    private static DeviceSession Bare(int[] rows)
    {
        var table = new TinyBundle().Values("items.weight");
        var model = Habits.Model(bundle => bundle.Remove("items.weight"));
        var session = Habits.Session(model, Habits.ByTurns);
        var slice = ItemSlice.FromTable(TinyBundle.Catalog, "1", rows, table, 8);
        Assert.True(session.TryAccept(Lists.Of(7, 30, 2) with { Slice = slice.ToBytes() }, out var fault), fault);
        return session;
    }

    private static ParameterPacket Packet()
    {
        var weights = new SafetensorsWriter();
        weights.Add<float>("backbone.norm.bias", [0.1f, 0.2f, -0.3f, 0.4f, 0, 0.1f, 0, -0.1f], 8);
        Assert.True(ParameterPacket.TryParse(ParameterPacket.ToBytes("1", "p", weights), out var packet, out _));
        return packet;
    }
}
