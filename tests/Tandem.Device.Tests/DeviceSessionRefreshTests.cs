using Tandem.Device.Collaboration;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Messages;
using Tandem.Tests;

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
        var decision = await Session(new NeverAsk()).RefreshAsync(
            new FakeCloud(_ => throw new InvalidOperationException("not to be asked")), _cancel);
        Assert.Equal(new() { Reason = "never asks" }, decision);
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
        Assert.True(await session.RefreshAsync(cloud, _cancel) is { Asked: true, HasNewList: true, Fault: null });
        session.Observe(6);
        Assert.Equal(new() { Reason = "keeps its list" }, await session.RefreshAsync(cloud, _cancel));
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
        Assert.Equal((1.0, 20, 1, 1L), (seen!.Value.Inconsistency, seen.Value.ItemsLeft, seen.Value.ListAge, seen.Value.Events));
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
        Assert.True(decision is { Asked: true, HasNewList: false, Fault: null });
        Assert.Contains("list refused: item 99", decision.Reason, StringComparison.Ordinal);
        Assert.Equal([7, 30], session.Recommend(5, RankingMode.Cloud).Select(r => r.Item));
    }

    [Fact]
    public async Task The_request_carries_times_and_values_where_there_are_any_and_says_whether_seen_items_may_come()
    {
        var cloud = new FakeCloud(_ => Lists.Of(7));
        var session = Session(new AlwaysAsk());
        session.Observe(5, time: 0);
        await session.RefreshAsync(cloud, _cancel);
        session.Observe(6, time: 70, value: 0.1f);
        await session.RefreshAsync(cloud, _cancel);
        await new DeviceSession(_model, new() { ExcludeConsumed = false }).RefreshAsync(cloud, _cancel);
        Assert.Equal((null, null, false), (cloud.Requests[0].Times, cloud.Requests[0].Values, cloud.Requests[0].IncludeSeen));
        Assert.Equal([0, 70], cloud.Requests[1].Times!);
        Assert.Equal([1, (float)(Half)0.1f], cloud.Requests[1].Values!);
        Assert.True(cloud.Requests[2].IncludeSeen);
        Assert.All(cloud.Requests, request => Assert.True(request.TryValidate(40, out var fault), fault));
    }

    [Fact]
    public async Task A_fault_of_the_cloud_leaves_the_last_good_list_and_is_told()
    {
        var session = Session(new AlwaysAsk());
        await session.RefreshAsync(new FakeCloud(_ => Lists.Of(7, 30)), _cancel);
        var busy = new CloudFault { Kind = CloudFaultKind.Busy, Message = "too many devices" };
        var outcome = await session.RefreshAsync(new FakeCloud(_ => busy), _cancel);
        Assert.True(outcome is { Asked: true, HasNewList: false });
        Assert.Equal(busy, outcome.Fault);
        Assert.Equal("always asks; no list, busy: too many devices", outcome.Reason);
        Assert.Equal([7, 30], session.Recommend(5, RankingMode.Cloud).Select(r => r.Item));
    }

    public static TheoryData<Exception, CloudFaultKind> Exceptions => new()
    {
        { new IOException("cable cut"), CloudFaultKind.Failed },
        { new InvalidOperationException("a bug"), CloudFaultKind.Failed },
        { new TaskCanceledException("timed out"), CloudFaultKind.Unreachable },
    };

    [Theory]
    [MemberData(nameof(Exceptions), DisableDiscoveryEnumeration = true)]
    public async Task A_cloud_that_throws_is_taken_for_one_that_failed_and_the_session_works_on(Exception thrown, CloudFaultKind kind)
    {
        var session = Session(new AlwaysAsk());
        await session.RefreshAsync(new FakeCloud(_ => Lists.Of(7, 30)), _cancel);
        var outcome = await session.RefreshAsync(new FakeCloud(_ => throw thrown), _cancel);
        Assert.Equal(kind, outcome.Fault!.Kind);
        Assert.Contains(thrown.Message, outcome.Reason, StringComparison.Ordinal);
        Assert.Equal([7, 30], session.Recommend(5, RankingMode.Cloud).Select(r => r.Item));
        Assert.True((await session.RefreshAsync(new FakeCloud(_ => Lists.Of(8)), _cancel)).HasNewList);
    }

    [Fact]
    public async Task A_cloud_that_answers_nothing_or_half_a_list_breaks_no_session()
    {
        var session = Session(new AlwaysAsk());
        Assert.Equal(CloudFaultKind.Failed, (await session.RefreshAsync(new FakeCloud(_ => default), _cancel)).Fault!.Kind);
        var outcome = await session.RefreshAsync(new FakeCloud(_ => Lists.Of(7) with { Items = null! }), _cancel);
        Assert.Contains("list refused: items or scores are null", outcome.Reason, StringComparison.Ordinal);
        Assert.True((await session.RefreshAsync(new FakeCloud(_ => Lists.Of(8)), _cancel)).HasNewList);
    }

    [Fact]
    public async Task A_cloud_that_offers_no_call_says_so_of_each()
    {
        ICloud bare = new Bare();
        var session = Session(new AlwaysAsk());
        Assert.Equal(CloudFaultKind.NotOffered, (await session.RefreshAsync(bare, _cancel)).Fault!.Kind);
        Assert.Equal(CloudFaultKind.NotOffered, (await session.RefreshParametersAsync(bare, _cancel)).Fault!.Kind);
        Assert.Equal(CloudFaultKind.NotOffered, (await bare.GetBundleAsync(new() { Name = "m" }, _cancel)).Fault!.Kind);
        var receipt = await bare.SendEventsAsync(new() { CatalogVersion = "c", Events = [] }, _cancel);
        Assert.Equal(CloudFaultKind.NotOffered, receipt.Fault!.Kind);
    }

    [Fact]
    public async Task Whoever_comes_while_a_call_is_under_way_makes_none_and_waits_for_nothing()
    {
        var cloud = new SlowCloud();
        var session = Session(new AlwaysAsk());
        var first = session.RefreshAsync(cloud, _cancel).AsTask();
        var second = session.RefreshAsync(cloud, _cancel);
        Assert.True(second.IsCompleted);
        Assert.Equal(new() { Reason = "a call is under way" }, await second);
        Assert.Equal(new(false, "a call is under way"), session.Decide());
        Assert.Equal("a call is under way", (await session.RefreshParametersAsync(cloud, _cancel)).Reason);
        session.Observe(3); // served meanwhile
        cloud.Answer(Lists.Of(7, 30));
        Assert.True((await first).HasNewList);
        Assert.Equal(1, cloud.Calls);
        Assert.Equal(1, session.ListAge);
        Assert.True((await session.RefreshAsync(new FakeCloud(_ => Lists.Of(8)), _cancel)).HasNewList);
    }

    [Fact]
    public async Task Of_many_who_ask_at_once_one_calls()
    {
        var cloud = new SlowCloud();
        var session = Session(new AlwaysAsk());
        var asking = Enumerable.Range(0, 8).Select(_ => Task.Run(() => session.RefreshAsync(cloud, _cancel).AsTask(), _cancel)).ToArray();
        while (asking.Count(task => task.IsCompleted) < asking.Length - 1) await Task.Delay(1, _cancel);
        cloud.Answer(Lists.Of(7));
        Assert.Single(await Task.WhenAll(asking), outcome => outcome.Asked);
        Assert.Equal(1, cloud.Calls);
    }

    [Fact]
    public async Task A_cancelled_call_is_passed_through_told_to_the_policy_and_made_anew()
    {
        var policy = new Remembering();
        var session = Session(policy);
        using var mine = CancellationTokenSource.CreateLinkedTokenSource(_cancel);
        var pending = session.RefreshAsync(new SlowCloud(), mine.Token).AsTask();
        await mine.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        Assert.Equal("holds no list; cancelled", Assert.Single(policy.Outcomes).Reason);
        Assert.True((await session.RefreshAsync(new FakeCloud(_ => Lists.Of(8)), _cancel)).HasNewList);
    }

    [Fact]
    public async Task A_session_that_ends_during_its_call_ends_with_it()
    {
        var cloud = new SlowCloud();
        var session = Session(new AlwaysAsk());
        var pending = session.RefreshAsync(cloud, _cancel).AsTask();
        session.Dispose();
        cloud.Answer(Lists.Of(7));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending);
    }

    [Fact]
    public async Task A_cloud_that_asks_to_wait_is_not_called_before()
    {
        var (time, asked) = (new ManualTime(), new Remembering());
        var session = new DeviceSession(_model, new() { Policy = asked, Time = time });
        var busy = new CloudFault { Kind = CloudFaultKind.Busy, Message = "later", RetryAfterSeconds = 30 };
        await session.RefreshAsync(new FakeCloud(_ => busy), _cancel);
        var cloud = new FakeCloud(_ => Lists.Of(7));
        time.Advance(29.5);
        var outcome = await session.RefreshAsync(cloud, _cancel);
        Assert.Equal((false, "the cloud asked to wait 30 s (busy: later)"), (outcome.Asked, outcome.Reason));
        Assert.Equal(outcome.Reason, (await session.RefreshParametersAsync(cloud, _cancel)).Reason);
        Assert.Empty(cloud.Requests);
        time.Advance(0.6);
        Assert.True((await session.RefreshAsync(cloud, _cancel)).HasNewList);
        Assert.Single(cloud.Requests);
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(-5, 0)]
    [InlineData(1e300, CloudFault.MostRetryAfterSeconds)]
    public async Task A_wait_that_is_none_or_without_end_is_not_honoured_for_ever(double seconds, double waited)
    {
        var time = new ManualTime();
        var session = new DeviceSession(_model, new() { Policy = new AlwaysAsk(), Time = time });
        await session.RefreshAsync(
            new FakeCloud(_ => new CloudFault { Kind = CloudFaultKind.Busy, Message = "", RetryAfterSeconds = seconds }), _cancel);
        Assert.Equal(waited == 0, session.Decide().Ask);
        time.Advance(waited);
        Assert.True(session.Decide().Ask);
    }

    [Fact]
    public async Task A_policy_sees_calls_events_and_time_and_how_each_call_ended()
    {
        var (time, policy) = (new ManualTime(), new Remembering());
        var session = new DeviceSession(_model, new() { Policy = policy, Time = time });
        session.Observe(1);
        session.Observe(2);
        await session.RefreshAsync(new FakeCloud(request => Lists.Of(7, 30) with { HistoryLength = request.History.Count }), _cancel);
        time.Advance(12.5);
        session.Observe(3);
        session.Observe(4);
        session.Observe(5);
        await session.RefreshAsync(
            new FakeCloud(_ =>
            {
                time.Advance(0.25);
                return CloudFault.NotOffered("candidates");
            }),
            _cancel);
        var seen = Assert.Single(policy.Situations);
        Assert.Equal((5L, 3L, 3, 1), (seen.Events, seen.EventsSinceCall, seen.ListAge, seen.Calls));
        Assert.Equal((12.5, time.GetUtcNow().ToUnixTimeSeconds()), (seen.SecondsSinceCall, seen.Time));
        Assert.Equal([true, false], policy.Outcomes.Select(outcome => outcome.HasNewList));
        Assert.Equal([0, 0.25], policy.Outcomes.Select(outcome => outcome.Elapsed.TotalSeconds));
        Assert.Equal(CloudFaultKind.NotOffered, policy.Outcomes[1].Fault!.Kind);
    }

    [Fact]
    public void Before_its_first_call_a_session_has_made_none()
    {
        var policy = new Remembering();
        var session = Session(policy);
        session.Observe(1);
        Assert.True(session.TryAccept(Lists.Of(7, 30), out _));
        session.Decide();
        var seen = Assert.Single(policy.Situations);
        Assert.Equal((0, 1L, double.PositiveInfinity), (seen.Calls, seen.EventsSinceCall, seen.SecondsSinceCall));
        Assert.Equal(new RequestSituation().SecondsSinceCall, seen.SecondsSinceCall);
    }

    [Fact]
    public void Sessions_of_the_same_options_share_no_state_of_their_policy()
    {
        var options = new DeviceSessionOptions { Policy = new Twice() };
        var (first, second) = (new DeviceSession(_model, options), new DeviceSession(_model, options));
        foreach (var session in new[] { first, second }) Assert.True(session.TryAccept(Lists.Of(7, 30), out _));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => first.Decide().Ask));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => second.Decide().Ask));
    }

    [Fact]
    public void A_decision_of_a_session_allocates_nothing()
    {
        var session = Session(new RandomAsk(0, seed: 1));
        session.Observe(5);
        Assert.True(session.TryAccept(Lists.Of(7, 30, 2), out _));
        var cloud = new FakeCloud(_ => throw new InvalidOperationException("not to be asked"));
        Allocation.AssertNone(() =>
        {
            session.Decide();
            var pending = session.RefreshAsync(cloud, CancellationToken.None);
            if (!pending.IsCompletedSuccessfully) throw new InvalidOperationException("nothing is to be awaited");
        });
    }

    private DeviceSession Session(IRequestPolicy policy, int listLength = 50) =>
        new(_model, new() { Policy = policy, ListLength = listLength });

    private sealed class Bare : ICloud;

    private sealed class Spy(Action<RequestSituation> see) : IRequestPolicy, IRequestDecider
    {
        public IRequestDecider Start() => this;

        public RequestDecision Decide(in RequestSituation situation)
        {
            see(situation);
            return new(false, "only looks");
        }
    }

    /// <summary>Always asks, and keeps what it was shown.</summary>
    private sealed class Remembering : IRequestPolicy, IRequestDecider
    {
        public List<RequestSituation> Situations { get; } = [];

        public List<RequestOutcome> Outcomes { get; } = [];

        public IRequestDecider Start() => this;

        public RequestDecision Decide(in RequestSituation situation)
        {
            Situations.Add(situation);
            return new(true, "remembers");
        }

        public void Record(in RequestOutcome outcome) => Outcomes.Add(outcome);
    }

    /// <summary>Asks twice in a session.</summary>
    private sealed class Twice : IRequestPolicy
    {
        public IRequestDecider Start() => new Counter();

        private sealed class Counter : IRequestDecider
        {
            private int _asked;

            public RequestDecision Decide(in RequestSituation situation) => new(_asked++ < 2, "twice");
        }
    }
}
