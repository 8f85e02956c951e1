using System.Text.Json;
using Tandem.Protocol.Messages;

namespace Tandem.Protocol.Tests.Messages;

public class EventBatchTests
{
    private static readonly ReportedEvent _event = new() { Id = "a", Item = 3, Time = 60 };

    [Fact]
    public void A_sound_batch_is_accepted()
    {
        Assert.True(BatchOf(_event, _event with { Id = "b", Value = -1 }).TryValidate(items: 5, out var fault), fault);
        Assert.True(BatchOf().TryValidate(items: 5, out _));
    }

    [Fact]
    public void An_event_whose_strength_is_not_told_has_1()
    {
        var read = JsonSerializer.Deserialize(
            """{"catalogVersion":"v","events":[{"id":"a","item":3,"time":60},{"id":"b","item":3,"time":60,"value":-2}]}""",
            MessageJson.Default.EventBatch)!;
        Assert.Equal([_event, _event with { Id = "b", Value = -2 }], read.Events);
    }

    public static TheoryData<EventBatch, string> BadBatches => new()
    {
        { BatchOf(_event, _event), "the id 'a' of event 1 comes twice" },
        { BatchOf(_event with { Id = "" }), "the id of event 0 has 0 characters" },
        { BatchOf(_event with { Id = new('x', 65) }), "has 65 characters, expected 1 to 64" },
        { BatchOf(_event with { Item = 6 }), "item 6 of event 0 is outside 1..5" },
        { BatchOf(_event with { Value = float.PositiveInfinity }), "of event 0 is not finite" },
        { BatchOf(_event, null!), "event 1 is null" },
        { BatchOf([.. Enumerable.Range(0, 10_001).Select(i => _event with { Id = $"{i}" })]), "10001 events, expected at most 10000" },
    };

    [Theory]
    [MemberData(nameof(BadBatches), DisableDiscoveryEnumeration = true)]
    public void A_batch_with_a_fault_is_refused_by_name(EventBatch batch, string named)
    {
        Assert.False(batch.TryValidate(items: 5, out var fault));
        Assert.Contains(named, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(3, 0, true)]
    [InlineData(2, 0, false)]
    [InlineData(4, -1, false)]
    [InlineData(int.MaxValue, int.MaxValue, false)]
    public void A_receipt_accounts_for_every_event(int added, int known, bool isSound) =>
        Assert.Equal(isSound, new EventReceipt { Added = added, Known = known }.TryValidate(sent: 3, out _));

    private static EventBatch BatchOf(params ReportedEvent[] events) => new() { CatalogVersion = "c1", Events = events };
}
