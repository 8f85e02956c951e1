using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class EveryEventsTests : RequestPolicyContract
{
    internal override IRequestPolicy Create() => new EveryEvents(3);

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(9, true)]
    public void It_asks_once_so_many_events_have_passed(long events, bool asks) =>
        Assert.Equal(asks, Create().Start().Decide(new() { EventsSinceCall = events }).Ask);

    [Fact]
    public void Less_than_an_event_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new EveryEvents(0));
}
