using Tandem.Device.Tests.Models;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Tests;

public class DeviceSessionListTests
{
    private static readonly CandidateList _good = Lists.Of(7, 30, 2, 19);

    private readonly DeviceModel _model = TinyBundle.Load();

    public static TheoryData<string, CandidateList> BadLists => new()
    {
        { "item 0 ", Lists.Of(1, 0) },
        { "item 41 ", Lists.Of(1, 41) },
        { "listed twice", Lists.Of(5, 6, 5) },
        { "not finite", Lists.Of(1, 2) with { Scores = [-1, float.NaN] } },
        { "best first", Lists.Of(1, 2) with { Scores = [-2, -1] } },
        { "2 items but 1 scores", Lists.Of(1, 2) with { Scores = [-2] } },
        { "history length", Lists.Of(1, 2) with { HistoryLength = -1 } },
        { "catalogue-b", Lists.Of(1, 2) with { CatalogVersion = "catalogue-b" } },
    };

    [Theory]
    [MemberData(nameof(BadLists), DisableDiscoveryEnumeration = true)]
    public void A_bad_list_is_refused_with_a_reason_and_the_last_good_one_keeps_serving(string reason, CandidateList bad)
    {
        var session = Session();
        Assert.True(session.TryAccept(_good, out _));
        session.Observe(5);
        var before = session.Recommend(10);
        Assert.False(session.TryAccept(bad, out var fault));
        Assert.Contains(reason, fault, StringComparison.Ordinal);
        Assert.Equal(before, session.Recommend(10));
        Assert.Equal(1, session.ListAge);
    }

    [Fact]
    public void A_longer_list_takes_the_place_of_a_shorter_one()
    {
        var session = Session();
        Assert.True(session.TryAccept(_good, out _));
        var all = Enumerable.Range(1, 40).ToArray();
        Assert.True(session.TryAccept(Lists.Of(all), out var fault), fault);
        Assert.Equal(all, session.Recommend(40, RankingMode.Cloud).Select(r => r.Item));
    }

    [Fact]
    public void The_age_of_a_list_is_the_events_since_it_was_made()
    {
        var session = Session();
        session.Observe(1);
        Assert.Equal(0, session.ListAge);
        session.Observe(3);
        Assert.True(session.TryAccept(_good with { HistoryLength = 1 }, out _));
        Assert.Equal(1, session.ListAge);
        session.Observe(4);
        Assert.Equal(2, session.ListAge);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(41)]
    [InlineData(int.MaxValue)]
    public void An_item_that_the_catalogue_lacks_cannot_be_observed(int item)
    {
        var session = Session();
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Observe(item));
        Assert.Empty(session.History);
    }

    [Fact]
    public void Inconsistency_is_1_for_a_list_in_the_reverse_of_the_devices_order_and_0_for_its_own()
    {
        var session = Session();
        session.Observe(5);
        var own = session.Recommend(20, RankingMode.Device).Select(r => r.Item).ToArray();
        Assert.True(session.TryAccept(Lists.Of(own), out _));
        Assert.Equal(0, session.Inconsistency());
        Assert.True(session.TryAccept(Lists.Of([.. own.Reverse()]), out _));
        Assert.Equal(1, session.Inconsistency());
    }

    [Theory]
    [InlineData(RankingMode.Fused)]
    [InlineData(RankingMode.Rerank)]
    [InlineData(RankingMode.Cloud)]
    public void A_list_that_is_used_up_is_asked_anew_while_the_device_ranks_alone(RankingMode mode)
    {
        var session = Session();
        Assert.True(session.TryAccept(_good, out _));
        Assert.False(session.Decide().Ask);
        foreach (var item in _good.Items) session.Observe(item);
        Assert.True(session.Decide().Ask);
        Assert.Equal(session.Recommend(5, RankingMode.Device), session.Recommend(5, mode));
    }

    [Fact]
    public void Inconsistency_without_a_list_is_0() => Assert.Equal(0, Session().Inconsistency());

    private DeviceSession Session() => new(_model, new());
}
