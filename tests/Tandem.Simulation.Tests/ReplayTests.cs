using Tandem.Data.Splits;
using Tandem.Device;
using Tandem.Device.Collaboration;

namespace Tandem.Simulation.Tests;

public sealed class ReplayTests : IDisposable
{
    private readonly TinyWorld _world = new([9, 8, 7, 6, 5, 1], [12, 11, 10, 2], [3, 4, 5]);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void The_cloud_is_asked_with_a_history_that_lacks_the_last_d_events()
    {
        var (replay, cloud) = Prepare(lag: 2, fresh: false);
        Assert.Equal([3, 1, 0], cloud.Requests.Select(r => r.History.Count).OrderDescending());
        Assert.Contains(cloud.Requests, r => r.History.SequenceEqual([9, 8, 7]));
        Assert.All(replay.Run(RankingMode.Cloud, new AskOnce(), new LogLinearFusion(0.5), 5), turn => Assert.Equal(2, turn.ListAge));
    }

    [Fact]
    public void The_device_ranks_with_every_event_and_recommends_none_that_was_consumed()
    {
        var (replay, _) = Prepare(lag: 2, fresh: false);
        var turn = replay.Run(RankingMode.Cloud, new AskOnce(), new LogLinearFusion(0.5), 5).First();
        Assert.Equal(1, turn.Target);
        // The lagging list held 5 and 6; the user has consumed them since.
        Assert.Equal([1, 2, 3, 4, 10], turn.Best.Select(r => r.Item));
        Assert.Equal(1, turn.Rank);
    }

    [Fact]
    public void A_request_brings_a_list_of_the_full_history()
    {
        var (replay, _) = Prepare(lag: 2, fresh: true);
        var turns = replay.Run(RankingMode.Cloud, new AlwaysAsk(), new LogLinearFusion(0.5), 5).ToArray();
        Assert.All(turns, turn => Assert.True(turn.Asked));
        Assert.All(turns, turn => Assert.Equal(0, turn.ListAge));
    }

    [Fact]
    public void Without_a_policy_there_is_no_list_and_the_whole_catalogue_is_ranked()
    {
        var (replay, _) = Prepare(lag: 2, fresh: false);
        var turn = replay.Run(RankingMode.Device, policy: null, new LogLinearFusion(0.5), 20).First();
        Assert.False(turn.Asked);
        Assert.Equal(12 - 5, turn.Best.Length);
        Assert.All(turn.Best, r => Assert.True(float.IsNaN(r.CloudScore)));
    }

    [Fact]
    public void With_no_lag_the_first_list_is_up_to_date()
    {
        var (replay, cloud) = Prepare(lag: 0, fresh: true);
        Assert.Equal([5, 3, 2], cloud.Requests.Select(r => r.History.Count).OrderDescending());
        Assert.All(replay.Run(RankingMode.Fused, new AskOnce(), new LogLinearFusion(0.5), 5), turn => Assert.Equal(0, turn.ListAge));
    }

    [Fact]
    public void Validation_histories_end_where_test_histories_have_their_last_event()
    {
        var split = new LeaveOneOut(_world.Dataset);
        Assert.Equal([9, 8, 7, 6], Phase.Validation(split).History(0));
        Assert.Equal(5, Phase.Validation(split).Target(0));
        Assert.Equal([9, 8, 7, 6, 5], Phase.Test(split).History(0));
        Assert.Equal([9, 8], Phase.Validation(split).CloudHistory(0, lag: 2));
        Assert.Equal(0, Phase.Validation(split).CloudHistory(2, lag: 2).Length);
    }

    private (Replay Replay, CountingUp Cloud) Prepare(int lag, bool fresh)
    {
        var generator = new CountingUp(_world.Device.CatalogVersion, _world.Dataset.Catalog.Count);
        var replay = new Replay(
            _world.Device, new InProcessCloud(generator), _world.Options with { Lag = lag }, Phase.Test(new LeaveOneOut(_world.Dataset)));
        replay.PrepareLists(new Unwatched(), fresh);
        return (replay, generator);
    }
}
