using Tandem.Data.Splits;
using Tandem.Device;
using Tandem.Device.Collaboration;

namespace Tandem.Simulation.Tests;

public sealed class ReplayTests : IDisposable
{
    private static readonly LogLinearFusion _fusion = new(0.5);

    private readonly TinyWorld _world = new([9, 8, 7, 6, 5, 1], [12, 11, 10, 2], [3, 4, 5]);

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task The_cloud_is_asked_with_a_history_that_lacks_the_last_d_events()
    {
        var (replay, cloud) = await PrepareAsync(lag: 2, fresh: false);
        Assert.Equal([3, 1, 0], cloud.Requests.Select(r => r.History.Count).OrderDescending());
        Assert.Contains(cloud.Requests, r => r.History.SequenceEqual([9, 8, 7]));
        Assert.All(await replay.RunAsync(RankingMode.Cloud, CallRule.Of(new AskOnce()), _fusion, 5), turn => Assert.Equal(2, turn.ListAge));
        Assert.Equal(3, cloud.Requests.Count); // each device got the list that was made for it
    }

    [Fact]
    public async Task The_device_ranks_with_every_event_and_recommends_none_that_was_consumed()
    {
        var (replay, _) = await PrepareAsync(lag: 2, fresh: false);
        var turn = (await replay.RunAsync(RankingMode.Cloud, CallRule.Of(new AskOnce()), _fusion, 5))[0];
        Assert.Equal(1, turn.Target);
        // The lagging list held 5 and 6; the user has consumed them since.
        Assert.Equal([1, 2, 3, 4, 10], turn.Best.Select(r => r.Item));
        Assert.Equal(1, turn.Rank);
    }

    [Fact]
    public async Task A_request_brings_a_list_of_the_full_history()
    {
        var (replay, cloud) = await PrepareAsync(lag: 2, fresh: true);
        var turns = await replay.RunAsync(RankingMode.Cloud, CallRule.Of(new AlwaysAsk()), _fusion, 5);
        Assert.All(turns, turn => Assert.True(turn.Asked));
        Assert.All(turns, turn => Assert.Equal(0, turn.ListAge));
        Assert.Equal(6, cloud.Requests.Count);
    }

    [Fact]
    public async Task Without_a_policy_there_is_no_list_and_the_whole_catalogue_is_ranked()
    {
        var (replay, _) = await PrepareAsync(lag: 2, fresh: false);
        var turn = (await replay.RunAsync(RankingMode.Device, calls: null, _fusion, 20))[0];
        Assert.False(turn.Asked);
        Assert.Equal(12 - 5, turn.Best.Length);
        Assert.All(turn.Best, r => Assert.True(float.IsNaN(r.CloudScore)));
    }

    [Fact]
    public async Task With_no_lag_the_first_list_is_up_to_date()
    {
        var (replay, cloud) = await PrepareAsync(lag: 0, fresh: true);
        Assert.Equal([5, 3, 2], cloud.Requests.Select(r => r.History.Count).OrderDescending());
        Assert.All(await replay.RunAsync(RankingMode.Fused, CallRule.Of(new AskOnce()), _fusion, 5), turn => Assert.Equal(0, turn.ListAge));
    }

    [Fact]
    public async Task What_comes_of_a_user_depends_neither_on_the_order_nor_on_other_users()
    {
        Func<int, IRequestPolicy> policyOf = user => new RandomAsk(0.5, seed: user);
        var (replay, _) = await PrepareAsync(lag: 2, fresh: true);
        var expected = (await replay.RunAsync(RankingMode.Fused, CallRule.Of(policyOf), _fusion, 5)).Select(Outcome).ToArray();
        Assert.Equal(2, expected.Select(turn => turn.Asked).Distinct().Count());
        var (another, _) = await PrepareAsync(lag: 2, fresh: false);
        for (var user = expected.Length - 1; user >= 0; user--)
            Assert.Equal(expected[user], Outcome(await another.PlayAsync(user, RankingMode.Fused, policyOf(user), _fusion, 5)));

        static (int User, string Best, bool Asked, int Age) Outcome(Turn turn) =>
            (turn.User, string.Join(' ', turn.Best.Select(r => $"{r.Item}:{r.Score:R}")), turn.Asked, turn.ListAge);
    }

    [Fact]
    public async Task Requests_carry_the_datas_times_and_values_and_the_device_asks_what_was_prepared()
    {
        using var world = new TinyWorld(hasTimes: true, [1, 0.1f, 5, 1, 2, 1, 1, 1, 1, 1], [9, 8, 7, 6, 5, 1], [12, 11, 10, 2]);
        var (replay, cloud) = await PrepareAsync(lag: 1, fresh: true, world);
        await replay.RunAsync(RankingMode.Fused, CallRule.Of(new AlwaysAsk()), _fusion, 5);
        Assert.Equal(4, cloud.Requests.Count);
        var request = Assert.Single(cloud.Requests, r => r.History.Count == 5);
        Assert.Equal([0, 60, 120, 180, 240], request.Times!);
        Assert.Equal([1, (float)(Half)0.1f, 5, 1, 2], request.Values!);
        Assert.All(cloud.Requests.Where(r => r.History[0] == 12), r => Assert.Null(r.Values));
    }

    [Fact]
    public async Task Where_people_return_to_items_the_list_may_hold_what_they_have()
    {
        var (replay, cloud) = await PrepareAsync(lag: 1, fresh: false, excludeConsumed: false);
        var turn = (await replay.RunAsync(RankingMode.Cloud, CallRule.Of(new AskOnce()), _fusion, 10))[0];
        Assert.Equal(Enumerable.Range(1, 10), turn.Best.Select(r => r.Item));
        Assert.All(cloud.Requests, request => Assert.True(request.IncludeSeen));
    }

    [Fact]
    public async Task A_cloud_that_gives_no_list_ends_the_replay()
    {
        var cloud = new InProcessCloud(new CountingUp("another catalogue", _world.Dataset.Catalog.Count));
        var replay = new Replay(_world.Device, cloud, _world.Options, Phase.Test(new LeaveOneOut(_world.Dataset)));
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => replay.RunAsync(RankingMode.Fused, CallRule.Of(new AskOnce()), _fusion, 5));
        Assert.Contains("no list, refused: items are numbered by catalogue", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_histories_end_where_test_histories_have_their_last_event()
    {
        var split = new LeaveOneOut(_world.Dataset);
        Assert.Equal([9, 8, 7, 6], Phase.Validation(split).History(0).Items.ToArray());
        Assert.Equal(5, Phase.Validation(split).Target(0));
        Assert.Equal([9, 8, 7, 6, 5], Phase.Test(split).History(0).Items.ToArray());
        Assert.Equal([9, 8], Phase.Validation(split).CloudHistory(0, lag: 2).Items.ToArray());
        Assert.Equal(0, Phase.Validation(split).CloudHistory(2, lag: 2).Length);
    }

    [Fact]
    public async Task Every_view_has_a_decision_and_the_last_is_measured()
    {
        var options = _world.Options with { Lag = 2, Views = 3 };
        var generator = new CountingUp(_world.Device.CatalogVersion, _world.Dataset.Catalog.Count);
        var replay = new Replay(_world.Device, new InProcessCloud(generator), options, Phase.Test(new LeaveOneOut(_world.Dataset)));
        await replay.PrepareListsAsync(new Unwatched(), fresh: true, TestContext.Current.CancellationToken);
        var prepared = generator.Requests.Count;
        var always = await replay.RunAsync(RankingMode.Cloud, CallRule.Of(new AlwaysAsk()), _fusion, 5);
        Assert.Equal([3, 3, 2], always.Select(turn => turn.Views)); // the third user has two events before the target
        Assert.Equal([3, 3, 2], always.Select(turn => turn.Calls));
        Assert.All(always, turn => Assert.Equal(0, turn.ListAge));
        var never = await replay.RunAsync(RankingMode.Cloud, CallRule.Of(new AskOnce()), _fusion, 5);
        Assert.All(never, turn => Assert.Equal(0, turn.Calls));
        Assert.Equal([4, 3, 2], never.Select(turn => turn.ListAge)); // two views and the lag, as far as there are events
        Assert.Equal(prepared, generator.Requests.Count);
    }

    [Fact]
    public async Task No_request_knows_an_event_that_the_device_has_not_seen()
    {
        var (replay, cloud) = await PrepareAsync(lag: 2, fresh: false);
        cloud.Requests.Clear();
        await replay.RunAsync(RankingMode.Fused, CallRule.Of(new AlwaysAsk()), _fusion, 5);
        var split = new LeaveOneOut(_world.Dataset);
        int[][] histories = [.. split.EvaluatedUsers.ToArray().Select(user => split.TestHistory(user).ToArray())];
        Assert.All(cloud.Requests, request => Assert.Contains(
            histories, history => history.AsSpan().StartsWith(request.History.ToArray())));
    }

    [Fact]
    public async Task With_every_fault_at_once_the_loop_ends_and_the_device_still_ranks()
    {
        var options = _world.Options with
        {
            Lag = 1,
            Views = 4,
            Faults = new() { Lost = 0.3, Late = 0.3, LateBy = 1, Repeated = 0.2, Reordered = 0.2, Offline = 0.5, OfflineFor = 1 },
        };
        for (var seed = 1; seed <= 20; seed++)
        {
            var generator = new CountingUp(_world.Device.CatalogVersion, _world.Dataset.Catalog.Count);
            var replay = new Replay(
                _world.Device, new InProcessCloud(generator), options with { Seed = seed }, Phase.Test(new LeaveOneOut(_world.Dataset)));
            var turns = await replay.RunAsync(RankingMode.Fused, CallRule.Of(new AlwaysAsk()), _fusion, 5);
            Assert.All(turns, turn => Assert.Equal(5, turn.Best.Length));
        }
    }

    [Fact]
    public async Task A_device_without_a_table_gets_the_rows_of_list_and_history()
    {
        using var folder = new Tandem.Tests.TemporaryFolder();
        Directory.CreateDirectory(folder["run"]);
        var options = _world.Options with { Lag = 1, DeviceItems = DeviceItems.Slices, ItemLimit = 200, SuccessorRows = 0 };
        var generator = new CountingUp(_world.Device.CatalogVersion, _world.Dataset.Catalog.Count);
        var sides = TwoSides.Train(
            _world.Dataset, options, folder["run"], new Unwatched(), new(null, "none", generator), TestContext.Current.CancellationToken);
        Assert.False(sides.Device.HoldsCatalog);
        var cloud = sides.Connect(options, folder["lists"], new(null, "none", generator));
        var replay = new Replay(sides.Device, cloud, options, Phase.Test(new LeaveOneOut(_world.Dataset)));
        await replay.PrepareListsAsync(new Unwatched(), fresh: false, TestContext.Current.CancellationToken);
        var turns = await replay.RunAsync(RankingMode.Device, CallRule.Of(new AskOnce()), _fusion, 50);
        // The first user: ten listed of the history without its last event, of which one was consumed since.
        Assert.Equal(7, turns[0].Best.Length);
        Assert.All(turns.SelectMany(turn => turn.Best), best => Assert.True(float.IsFinite(best.DeviceScore)));
        Assert.All(turns, turn => Assert.True(turn.Traffic.BytesDown > 2_00 && turn.Traffic.BytesUp > 50));
    }

    [Fact]
    public async Task A_thousand_views_cost_what_was_asked_for_after_the_first_lists()
    {
        var (replay, _) = await PrepareAsync(lag: 2, fresh: true);
        var turns = await replay.RunAsync(RankingMode.Fused, CallRule.Of(new AlwaysAsk()), _fusion, 5);
        Assert.All(turns, turn => Assert.Equal((2, 1), (turn.Traffic.Calls, turn.Later.Calls)));
        Assert.Equal(5 + 7, turns[0].Later.Tokens); // five events of twelve items leave seven for the list
        Assert.True(turns[0].Later.BytesUp > 0 && turns[0].Later.BytesDown < turns[0].Traffic.BytesDown);
        var tokens = 1000 * turns.Average(turn => (double)turn.Later.Tokens);
        var priced = ThousandViews.Of(turns, _world.Options with { PricePerCall = 0.002, PricePerMillionTokens = 5 }, cloudMillis: 30);
        Assert.Equal(1000, priced.Calls);
        Assert.Equal(tokens, priced.Tokens, tolerance: 1e-6);
        Assert.Equal(30, priced.CloudSeconds, tolerance: 1e-9);
        Assert.Equal(2 + tokens * 5e-6, priced.Price!.Value, tolerance: 1e-9);
        Assert.Null(ThousandViews.Of(turns, _world.Options, cloudMillis: 0).Price);
        var never = await replay.RunAsync(RankingMode.Fused, CallRule.Of(new AskOnce()), _fusion, 5);
        Assert.Equal(0, ThousandViews.Of(never, _world.Options, cloudMillis: 0).Calls);
    }

    [Fact]
    public async Task Users_come_in_the_order_of_time_where_it_is_known()
    {
        using var world = new TinyWorld(hasTimes: true, values: null, [9, 8, 7, 6, 5, 1], [3, 4, 5], [12, 11, 10, 2]);
        var (replay, _) = await PrepareAsync(lag: 1, fresh: false, world);
        var order = new Order();
        await replay.RunAsync(RankingMode.Cloud, order, _fusion, 5);
        Assert.Equal([1, 2, 0], order.Users);
    }

    private sealed class Order : CallRule
    {
        public List<int> Users { get; } = [];

        public override IRequestPolicy PolicyOf(int user) => new AskOnce();

        public override void Record(Turn turn) => Users.Add(turn.User);
    }

    private Task<(Replay Replay, CountingUp Cloud)> PrepareAsync(int lag, bool fresh, bool excludeConsumed = true) =>
        PrepareAsync(lag, fresh, _world, excludeConsumed);

    private static async Task<(Replay Replay, CountingUp Cloud)> PrepareAsync(
        int lag, bool fresh, TinyWorld world, bool excludeConsumed = true)
    {
        var generator = new CountingUp(world.Device.CatalogVersion, world.Dataset.Catalog.Count);
        var options = world.Options with { Lag = lag, ExcludeConsumed = excludeConsumed };
        var replay = new Replay(world.Device, new InProcessCloud(generator), options, Phase.Test(new LeaveOneOut(world.Dataset)));
        await replay.PrepareListsAsync(new Unwatched(), fresh, TestContext.Current.CancellationToken);
        return (replay, generator);
    }
}
