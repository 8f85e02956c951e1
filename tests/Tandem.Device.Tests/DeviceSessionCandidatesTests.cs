using Tandem.Device.Collaboration;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Collaboration;
using Tandem.Protocol.Items;
using Tandem.Tests;

namespace Tandem.Device.Tests;

/// <summary>The device's own candidates beside the cloud's list, and rules that come with the bundle.</summary>
public sealed class DeviceSessionCandidatesTests
{
    private const int Own = 6;

    private static readonly CollaborationRules _rules = new()
    {
        OwnCandidates = Own,
        Fusion =
        [
            new() { Age = 0, Device = 1, Cloud = 1, Listed = 0.5, Before = -0.5 },
            new() { Age = 2, Device = 1, Cloud = 0.25, Listed = 0, Before = 0 },
        ],
        Request = new()
        {
            Intercept = 0,
            Weights = [0, 0, 0, 0, 1, .. new double[9]],
            DeviceScale = 1,
            Threshold = 1e-4,
        },
    };

    [Fact]
    public void The_best_of_list_and_device_together_are_ranked_each_once()
    {
        var session = Begin(new() { OwnCandidates = Own, Fusion = new LogLinearFusion(0) });
        var own = session.Recommend(Own, RankingMode.Device);
        int[] listed = [own[0].Item, own[4].Item, .. Enumerable.Range(1, 40).Except(own.Select(r => r.Item)).Except([3, 9]).Take(3)];
        Assert.True(session.TryAccept(Lists.Of(listed), out var fault), fault);
        var all = session.Recommend(40);
        Assert.Equal(own.Select(r => r.Item).Union(listed).Order(), all.Select(r => r.Item).Order());
        Assert.Equal(own.Select(r => r.Item), all[..Own].Select(r => r.Item)); // by the device alone
        Assert.All(all, r => Assert.Equal(listed.Contains(r.Item), !float.IsNaN(r.CloudScore)));
        Assert.Equal(listed, session.Recommend(40, RankingMode.Cloud).Select(r => r.Item));
        Assert.Equal(listed.Order(), session.Recommend(40, RankingMode.Rerank).Select(r => r.Item).Order());
    }

    [Fact]
    public void What_the_user_takes_is_no_candidate_any_longer()
    {
        var session = Begin(new() { OwnCandidates = Own });
        Assert.True(session.TryAccept(Lists.Of(7, 30), out _));
        var taken = session.Recommend(40)[0].Item;
        session.Observe(taken);
        Assert.DoesNotContain(session.Recommend(40), r => r.Item == taken);
        session.Undo();
        Assert.Contains(session.Recommend(40), r => r.Item == taken);
    }

    [Fact]
    public void A_bundle_brings_its_rules_and_options_go_before_them()
    {
        var model = TinyBundle.Load(_rules);
        Assert.Equivalent(_rules, model.Rules);
        var (brought, given) = (Begin(new(), model), Begin(
            new() { OwnCandidates = Own, Fusion = new LearnedFusion(_rules.Fusion), Policy = new ExpectedGainPolicy(_rules.Request!) },
            TinyBundle.Load()));
        var silent = Begin(new() { OwnCandidates = 0, Policy = new NeverAsk() }, model);
        foreach (var session in new[] { brought, given, silent })
        {
            Assert.True(session.TryAccept(Lists.Of(7, 30, 2) with { HistoryLength = 2 }, out var fault), fault);
            session.Observe(12);
        }

        Assert.Equal(given.Recommend(40), brought.Recommend(40));
        Assert.Equal(given.Decide(), brought.Decide());
        Assert.True(brought.Decide().Ask, brought.Decide().Reason);
        Assert.Equal(3, silent.Recommend(40).Length);
        Assert.False(silent.Decide().Ask);
    }

    [Fact]
    public void Rules_that_cannot_be_used_are_refused_with_the_bundle()
    {
        var fault = Assert.ThrowsAny<Exception>(() => TinyBundle.Load(_rules with { OwnCandidates = -1, Fusion = [] })).Message;
        Assert.Contains("collaboration: ownCandidates is -1", fault, StringComparison.Ordinal);
        Assert.Contains("collaboration: fusion has 0 ages", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_without_a_table_ranks_the_rows_that_it_holds()
    {
        var (whole, bare) = (new TinyBundle(), new TinyBundle());
        whole.Items = TinyStorage.Quantised;
        bare.Remove("items.weight");
        var session = Begin(new() { OwnCandidates = Own, Fusion = new LogLinearFusion(0) }, bare.LoadModel());
        var table = new DeviceSession(whole.LoadModel(), new());
        foreach (var item in new[] { 3, 9 }) table.Observe(item);
        Assert.Empty(session.Recommend(5, RankingMode.Device));
        var values = whole.Values("items.weight").ToArray();
        var slice = ItemSlice.FromTable(TinyBundle.Catalog, "1", [2, 3, 7, 9, 19, 30, 33], values, 8);
        Assert.True(session.TryAccept(Lists.Of(7, 30) with { Slice = slice.ToBytes() }, out var fault), fault);
        var expected = table.Recommend(40, RankingMode.Device, item => new[] { 2, 7, 19, 30, 33 }.Contains(item));
        Assert.Equal(expected, session.Recommend(40, RankingMode.Device));
        Assert.Equal(expected.Select(r => (r.Item, r.DeviceScore)), session.Recommend(40).Select(r => (r.Item, r.DeviceScore)));
    }

    [Fact]
    public void A_list_that_was_overtaken_by_a_newer_one_is_refused()
    {
        var session = Begin(new());
        Assert.True(session.TryAccept(Lists.Of(7, 30) with { HistoryLength = 2 }, out _));
        Assert.False(session.TryAccept(Lists.Of(1, 2) with { HistoryLength = 1 }, out var fault));
        Assert.Contains("it came too late", fault, StringComparison.Ordinal);
        Assert.True(session.TryAccept(Lists.Of(1, 2) with { HistoryLength = 2 }, out _)); // repeated: nothing is lost by it
    }

    [Fact]
    public void Signals_are_shares_and_follow_the_list()
    {
        var session = Begin(new() { OwnCandidates = Own, Fusion = new LogLinearFusion(0.5) });
        Assert.Null(session.Signals(1));
        Assert.True(session.TryAccept(Lists.Of(7, 30, 2, 19) with { HistoryLength = 2 }, out _));
        var fresh = session.Signals(1)!.Value;
        Assert.Equal(0, fresh.Drift, 1e-6);
        Assert.Equal(0, fresh.LogAge);
        Assert.Equal(0.375, fresh.CloudSpread, 1e-6);
        session.Observe(12);
        var later = session.Signals(1)!.Value;
        Assert.InRange(later.Drift, 1e-6, 1);
        Assert.Equal(Math.Log(2), later.LogAge, 1e-12);
        foreach (var share in new[] { later.ListedShare, later.UnlistedBest, later.FusedTop, later.FusedListed, later.DeviceTop })
            Assert.InRange(share, 0, 1 + 1e-5);
        Assert.True(later.ListedLead <= 0);
        Assert.InRange(later.FusedExpected, later.FusedTop, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Signals(0));
    }

    [Fact]
    public void A_click_with_rules_allocates_nothing()
    {
        var session = Begin(new(), TinyBundle.Load(_rules));
        Assert.True(session.TryAccept(Lists.Of(7, 30, 2), out _));
        var best = new Recommendation[10];
        Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 50; i++) Click(i);
        });

        void Click(int i)
        {
            session.Observe(i % 5 + 10, time: i);
            session.Recommend(best);
            session.Decide();
        }
    }

    private static DeviceSession Begin(DeviceSessionOptions options, DeviceModel? model = null)
    {
        var session = new DeviceSession(model ?? TinyBundle.Load(), options);
        foreach (var item in new[] { 3, 9 }) session.Observe(item, time: 7);
        return session;
    }
}
