using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class TokenBucketTests : RequestPolicyContract
{
    internal override IRequestPolicy Create() => new TokenBucket(new AlwaysAsk(), 0.25, 2);

    [Fact]
    public void It_never_makes_more_calls_than_events_have_earned_and_wastes_none()
    {
        var bucket = new TokenBucket(new AlwaysAsk(), 0.25, 2).Start();
        var calls = 0;
        for (var events = 1; events <= 400; events++)
        {
            if (Asks(bucket, events)) calls++;
            Assert.True(calls <= events * 0.25);
        }

        Assert.Equal(100, calls);
    }

    [Fact]
    public void Saved_calls_are_kept_up_to_the_limit()
    {
        var bucket = new TokenBucket(new AlwaysAsk(), 0.25, 2).Start();
        Assert.Equal(2, Enumerable.Range(0, 5).Count(_ => Asks(bucket, events: 1_000)));
    }

    [Fact]
    public void An_event_that_is_taken_back_and_comes_again_earns_nothing_twice()
    {
        var bucket = new TokenBucket(new AlwaysAsk(), 0.5, 5).Start();
        Assert.True(Asks(bucket, 2));
        Assert.False(Asks(bucket, 1));
        Assert.False(Asks(bucket, 2));
        Assert.True(Asks(bucket, 4));
    }

    [Fact]
    public void A_call_that_brought_nothing_is_paid_for()
    {
        var bucket = new TokenBucket(new AlwaysAsk(), 1, 1).Start();
        Assert.True(bucket.Decide(new() { Events = 1 }).Ask);
        bucket.Record(new() { Asked = true, Reason = "no list" });
        Assert.Contains("spent", bucket.Decide(new() { Events = 1 }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Sessions_that_share_a_bucket_spend_what_all_of_them_earn()
    {
        var policy = new TokenBucket(new AlwaysAsk(), 0.1, 50, isShared: true);
        var (busy, idle) = (policy.Start(), policy.Start());
        for (var events = 1; events <= 100; events++) Assert.False(idle.Decide(new() { Events = events }).Ask && events < 10);
        Assert.Equal(10, Enumerable.Range(0, 20).Count(_ => Asks(busy, events: 1)));
        Assert.False(Asks(idle, events: 100));
        Assert.True(Asks(policy.Start(), events: 10));
    }

    [Fact]
    public void A_shared_bucket_that_was_overdrawn_earns_before_it_gives_again()
    {
        var policy = new TokenBucket(new AlwaysAsk(), 1, 1, isShared: true);
        var (one, other) = (policy.Start(), policy.Start());
        Assert.True(one.Decide(new() { Events = 1 }).Ask && other.Decide(new() { Events = 1 }).Ask);
        one.Record(new() { Asked = true, Reason = "a list" });
        other.Record(new() { Asked = true, Reason = "a list" });
        Assert.False(Asks(one, events: 2));
        Assert.True(Asks(one, events: 3));
    }

    [Fact]
    public void It_asks_no_more_than_the_policy_within() =>
        Assert.False(Asks(new TokenBucket(new AskOnce(), 1, 5).Start(), events: 50));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1.5, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(0.5, 0.5)]
    public void Numbers_out_of_range_are_refused(double perEvent, double most) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenBucket(new AlwaysAsk(), perEvent, most));

    private static bool Asks(IRequestDecider bucket, long events)
    {
        var asks = bucket.Decide(new() { Events = events }).Ask;
        if (asks) bucket.Record(new() { Asked = true, HasNewList = true, Reason = "asks" });
        return asks;
    }
}
