using Tandem.Device.Collaboration;
using Tandem.Device.Tests.Models;

namespace Tandem.Device.Tests;

public class DeviceSessionRefreshTests
{
    private readonly DeviceModel _model = TinyBundle.Load();
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;

    [Fact]
    public void A_session_without_a_list_asks_unless_its_policy_decides_that_too()
    {
        Assert.Equal(new(true, "holds no list"), Session(new AskOnce()).Decide());
        Assert.Equal(new(true, "holds no list"), new DeviceSession(_model, new()).Decide());
        Assert.Equal(new(false, "never asks"), Session(new NeverAsk()).Decide());
    }

    [Fact]
    public async Task A_policy_that_never_asks_costs_no_call()
    {
        var decision = await Session(new NeverAsk()).RefreshAsync(new FakeCloud(_ => throw new InvalidOperationException("not to be asked")), _cancel);
        Assert.False(decision.Ask);
    }

    [Fact]
    public async Task An_answer_that_claims_more_events_than_were_sent_is_refused()
    {
        var session = Session(new AskOnce());
        session.Observe(5);
        var decision = await session.RefreshAsync(new FakeCloud(_ => Lists.Of(7) with { HistoryLength = 2 }), _cancel);
        Assert.Contains("list refused: the list is said to know 2 events, there were 1", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_ages_from_its_own_events_where_one_was_taken_back_meanwhile()
    {
        var session = Session(new AskOnce());
        session.Observe(5);
        session.Observe(6);
        await session.RefreshAsync(
            new FakeCloud(request =>
            {
                session.Undo();
                return Lists.Of(7) with { HistoryLength = request.History.Count };
            }),
            _cancel);
        Assert.Equal(0, session.ListAge);
        session.Observe(8);
        Assert.Equal(1, session.ListAge);
    }

    [Fact]
    public async Task The_cloud_is_called_only_when_the_policy_says_so()
    {
        var cloud = new FakeCloud(request => Lists.Of(7, 30, 2) with { HistoryLength = request.History.Count });
        var session = Session(new AskOnce());
        session.Observe(5);
        Assert.True((await session.RefreshAsync(cloud, _cancel)).Ask);
        session.Observe(6);
        Assert.False((await session.RefreshAsync(cloud, _cancel)).Ask);
        Assert.Single(cloud.Requests);

        session = Session(new AlwaysAsk());
        for (var i = 1; i <= 3; i++) await session.RefreshAsync(cloud, _cancel);
        Assert.Equal(4, cloud.Requests.Count);
    }

    [Fact]
    public async Task The_policy_sees_the_disagreement_and_the_age()
    {
        RequestSituation? seen = null;
        var session = Session(new Spy(situation => seen = situation));
        session.Observe(5);
        var own = session.Recommend(20, RankingMode.Device).Select(r => r.Item).ToArray();
        Assert.True(session.TryAccept(Lists.Of([.. own.Reverse()]), out _));
        await session.RefreshAsync(new FakeCloud(_ => throw new InvalidOperationException("not to be asked")), _cancel);
        Assert.Equal(new RequestSituation(1, 1), seen);
    }

    [Fact]
    public async Task The_request_carries_the_whole_history_the_length_and_the_catalogue()
    {
        var cloud = new FakeCloud(_ => Lists.Of(7));
        var session = Session(new AlwaysAsk(), listLength: 17);
        int[] history = [1, 2, 3, 4, 5, 6, 7];
        foreach (var item in history) session.Observe(item);
        await session.RefreshAsync(cloud, _cancel);
        var request = Assert.Single(cloud.Requests);
        Assert.Equal(history, request.History);
        Assert.Equal((17, TinyBundle.Catalog), (request.Count, request.CatalogVersion));
        session.Observe(8);
        Assert.Equal(7, request.History.Count);
    }

    [Fact]
    public async Task A_new_list_serves_from_then_on()
    {
        var session = Session(new AlwaysAsk());
        await session.RefreshAsync(new FakeCloud(_ => Lists.Of(7, 30)), _cancel);
        await session.RefreshAsync(new FakeCloud(_ => Lists.Of(8, 31)), _cancel);
        Assert.Equal([8, 31], session.Recommend(5, RankingMode.Cloud).Select(r => r.Item));
    }

    [Fact]
    public async Task A_refused_answer_keeps_the_last_good_list_and_says_why()
    {
        var session = Session(new AlwaysAsk());
        await session.RefreshAsync(new FakeCloud(_ => Lists.Of(7, 30)), _cancel);
        var decision = await session.RefreshAsync(new FakeCloud(_ => Lists.Of(8, 99)), _cancel);
        Assert.True(decision.Ask);
        Assert.Contains("list refused: item 99", decision.Reason, StringComparison.Ordinal);
        Assert.Equal([7, 30], session.Recommend(5, RankingMode.Cloud).Select(r => r.Item));
    }

    public static TheoryData<Exception> Outages =>
        [new HttpRequestException("offline"), new IOException("cable cut"), new TimeoutException("too slow"), new TaskCanceledException("timed out")];

    [Theory]
    [MemberData(nameof(Outages), DisableDiscoveryEnumeration = true)]
    public async Task A_cloud_that_cannot_be_reached_leaves_the_last_good_list_and_says_so(Exception outage)
    {
        var session = Session(new AlwaysAsk());
        await session.RefreshAsync(new FakeCloud(_ => Lists.Of(7, 30)), _cancel);
        var decision = await session.RefreshAsync(new FakeCloud(_ => throw outage), _cancel);
        Assert.True(decision.Ask);
        Assert.Contains($"cloud not reached: {outage.Message}", decision.Reason, StringComparison.Ordinal);
        Assert.Equal([7, 30], session.Recommend(5, RankingMode.Cloud).Select(r => r.Item));
    }

    [Fact]
    public async Task A_fault_of_the_program_is_not_taken_for_an_outage()
    {
        var broken = new FakeCloud(_ => throw new InvalidOperationException("a bug"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Session(new AlwaysAsk()).RefreshAsync(broken, _cancel).AsTask());
    }

    private DeviceSession Session(IRequestPolicy policy, int listLength = 50) =>
        new(_model, new() { Policy = policy, ListLength = listLength });

    private sealed class Spy(Action<RequestSituation> see) : IRequestPolicy
    {
        public RequestDecision Decide(in RequestSituation situation)
        {
            see(situation);
            return new(false, "only looks");
        }
    }
}
