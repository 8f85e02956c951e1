using Tandem.Device;
using Tandem.Tests;

namespace Tandem.Native.Tests;

public sealed class ExportsTests : IDisposable
{
    private static readonly int[] _listed = [7, 30, 2, 19];
    private static readonly float[] _scores = [-1, -2, -3, -4];

    private readonly TemporaryFolder _folder = new();

    private string Bundle => SmallBundle.Write(_folder["bundle"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_ranks_as_the_device_runtime_does()
    {
        var (session, twin) = (Library.Open(Bundle), new DeviceSession(DeviceModel.Open(Bundle), new()));
        foreach (var item in new[] { 5, 17, 30 })
        {
            Assert.Equal(Status.Ok, Library.Observe(session, item, unixSeconds: 1_000).Status);
            twin.Observe(item, 1_000);
        }

        var best = new RankedItem[10];
        Assert.Equal(new Library.Answer(Status.Ok, ""), Library.Recommend(session, best, out var count));
        Assert.Equal(10, count);
        Assert.Equal(twin.Recommend(10), best.Select(i => new Recommendation(i.Item, i.Score, i.CloudScore, i.DeviceScore)));
    }

    [Fact]
    public void An_event_that_is_taken_back_never_was()
    {
        var session = Library.Open(Bundle);
        Library.Observe(session, 3);
        var before = Library.Best(session, 10);
        Library.Observe(session, 9);
        Assert.NotEqual(before, Library.Best(session, 10));
        Assert.Equal(Status.Ok, Library.Undo(session).Status);
        Assert.Equal(before, Library.Best(session, 10));
        Assert.Equal(Status.Ok, Library.Undo(session).Status);
        Assert.Equal(Status.Nothing, Library.Undo(session).Status);
    }

    [Fact]
    public void Excluded_items_are_left_out()
    {
        var session = Library.Open(Bundle);
        var all = Library.Best(session, 40, RankingMode.Device);
        Assert.Equal(all[2..].Where(i => i != all[5]), Library.Best(session, 40, RankingMode.Device, [all[5], all[1], all[0], 99]));
    }

    [Fact]
    public void A_list_serves_from_then_on()
    {
        var session = Library.Open(Bundle);
        Assert.Equal(Status.Ok, Library.AcceptList(session, _listed, _scores).Status);
        Assert.Equal(_listed, Library.Best(session, 10, RankingMode.Cloud));
        Library.Observe(session, 30);
        Assert.Equal([7, 2, 19], Library.Best(session, 10, RankingMode.Cloud));
    }

    [Fact]
    public void A_bad_list_is_refused_with_a_reason_and_the_last_good_one_keeps_serving()
    {
        var session = Library.Open(Bundle);
        Library.AcceptList(session, _listed, _scores);
        AssertRefused("catalogue-b", Library.AcceptList(session, [1], [0], catalog: "catalogue-b"));
        AssertRefused("listed twice", Library.AcceptList(session, [1, 1], [0, 0]));
        AssertRefused("not finite", Library.AcceptList(session, [1], [float.NaN]));
        AssertRefused("history length", Library.AcceptList(session, [1], [0], historyLength: -1));
        AssertRefused("at most 10000", Library.AcceptList(session, [1], [0], count: int.MaxValue));
        Assert.Equal(_listed, Library.Best(session, 10, RankingMode.Cloud));
    }

    [Fact]
    public void Another_model_of_the_same_catalogue_takes_over_and_any_other_does_not()
    {
        var (session, other) = (Library.Open(Bundle), SmallBundle.Write(_folder["other"], seed: 2));
        Library.Observe(session, 3);
        var before = Library.Best(session, 10);
        AssertRefused("catalogue-b", Library.Swap(session, SmallBundle.Write(_folder["foreign"], catalog: "catalogue-b")));
        AssertRefused("manifest.json", Library.Swap(session, _folder["nowhere"]));
        Assert.Equal(before, Library.Best(session, 10));
        Assert.Equal(Status.Ok, Library.Swap(session, other).Status);
        var fresh = Library.Open(other);
        Library.Observe(fresh, 3);
        Assert.Equal(Library.Best(fresh, 10), Library.Best(session, 10));
    }

    [Fact]
    public void A_folder_that_is_no_bundle_opens_no_session()
    {
        var answer = Library.Open(_folder["nöwhere"], out var session);
        AssertRefused(_folder["nöwhere"], answer);
        Assert.Equal(0UL, session);
    }

    [Fact]
    public void The_callers_settings_count()
    {
        var settings = new SessionSettings { Size = 16, CloudShare = 1, HistoryLimit = 5, KeepConsumed = 1 };
        var session = Library.Open(Bundle, settings);
        Library.AcceptList(session, _listed, _scores);
        Library.Observe(session, 30);
        Assert.Equal(_listed, Library.Best(session, 10));
    }

    [Fact]
    public void A_session_asks_where_nothing_is_left_to_rank()
    {
        var session = Library.Open(Bundle, new SessionSettings { Size = 16, CloudShare = -1, HistoryLimit = 5 });
        Assert.Equal((Status.Ok, 1), (Library.ShouldAsk(session, out var ask).Status, ask));
        Library.AcceptList(session, _listed, _scores);
        Assert.Equal((Status.Ok, 0), (Library.ShouldAsk(session, out ask).Status, ask));
        foreach (var item in _listed) Library.Observe(session, item);
        Assert.Equal((Status.Ok, 1), (Library.ShouldAsk(session, out ask).Status, ask));
        Assert.NotEqual(Status.Ok, Library.ShouldAsk(12_345, out ask).Status);
        Assert.Equal(0, ask);
    }

    private static void AssertRefused(string reason, Library.Answer answer)
    {
        Assert.Equal(Status.Refused, answer.Status);
        Assert.Contains(reason, answer.Error, StringComparison.Ordinal);
    }

}
