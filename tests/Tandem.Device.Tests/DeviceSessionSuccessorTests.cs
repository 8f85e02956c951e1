using CsCheck;
using Tandem.Device.Collaboration;
using Tandem.Device.Tests.Learning;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Tests;

namespace Tandem.Device.Tests;

/// <summary>Scores of a session whose model holds counts of successors, beside one of the same weights without.</summary>
public class DeviceSessionSuccessorTests
{
    private static readonly int[] _events = [3, 9, 27, 9, 14, 5, 22, 31, 8, 17];
    private static readonly int[] _listed = [7, 30, 2, 19, 11, 40, 1, 25];

    /// <summary>A bonus of some units, made in float32.</summary>
    private const float Tolerance = 1e-5f;

    [Theory]
    [InlineData(TinyStorage.Full, false)]
    [InlineData(TinyStorage.Half, false)]
    [InlineData(TinyStorage.Quantised, true)]
    public void Every_score_is_the_models_and_what_counts_add(TinyStorage storage, bool shares)
    {
        var counted = Counted.Load(new() { Items = storage }, Counted.Join with { Shares = shares, Offset = shares ? 0.01 : 2 });
        var (session, twin) = (new DeviceSession(counted, new()), new DeviceSession(Counted.Opened(new() { Items = storage }), new()));
        for (var n = 0; n <= _events.Length; n++)
        {
            if (n > 0) session.Observe(_events[n - 1]);
            if (n > 0) twin.Observe(_events[n - 1]);
            var (joined, alone, bonus) = (Counted.Scores(session), Counted.Scores(twin), Counted.Bonus(counted, _events.AsSpan(0, n)));
            for (var i = 0; i < 40; i++) Assert.Equal(alone[i] + bonus[i], joined[i], Tolerance);
            Assert.Equal(alone[39], joined[39]); // the last item follows none
            if (n > 0) Assert.NotEqual(alone, joined);
        }
    }

    [Theory]
    [InlineData("sasrec, ligr")]
    [InlineData("gru4rec")]
    [InlineData("hstu, times")]
    [InlineData("din")]
    [InlineData("ttt")]
    public void Whatever_the_backbone(string name)
    {
        var shape = Runners.Shape(name);
        var counted = RandomBundle.Load(shape, successors: new(Counted.Table(shape.Items), Counted.Join));
        var (session, twin) = (new DeviceSession(counted, new()), new DeviceSession(RandomBundle.Load(shape), new()));
        int[] events = [3, 9, 7, 9, 4, 5, 2, 1, 8, 6, 3, 2, 11];
        foreach (var item in events)
        {
            session.Observe(item, 100);
            twin.Observe(item, 100);
        }

        var (joined, alone, bonus) = (Counted.Scores(session), Counted.Scores(twin), Counted.Bonus(counted, events));
        Assert.Contains(bonus, value => value > 1);
        for (var i = 0; i < joined.Length; i++) Assert.Equal(alone[i] + bonus[i], joined[i], Tolerance);

        Assert.True(session.TryAccept(Lists.Of(2, 12, 1, 10), out var fault), fault);
        foreach (var best in session.Recommend(10, RankingMode.Rerank)) Assert.Equal(joined[best.Item - 1], best.DeviceScore, Tolerance);
    }

    [Fact]
    public void The_whole_table_is_ranked_as_by_scoring_everything_and_sorting()
    {
        // Items beyond a tile, sums that tie in many places, and rows that all are alike, so that ties of whole scores are many.
        var shape = new SasRecShape { Items = 1_700, Width = 8, Blocks = 1, Heads = 2, Inner = 8, Window = 5 };
        var models = new[] { 1, 0.5 }.Select(decay => RandomBundle.Load(
            shape, successors: new(Tied(shape.Items), Counted.Join with { Recent = 20, RecencyDecay = decay, Weight = 0.1 }))).ToArray();
        Gen.Select(Gen.Int[0, 1], Gen.Int[1, 1_700].Array[0, 30], Gen.Int[0, 50], Gen.Bool).Sample(
            (model, events, k, keep) =>
            {
                var session = new DeviceSession(models[model], new() { ExcludeConsumed = !keep });
                foreach (var item in events) session.Observe(item);
                var scores = Counted.Scores(session);
                var expected = Enumerable.Range(1, 1_700).Where(item => keep || !events.Contains(item)).Where(item => item % 7 != 0)
                    .OrderByDescending(item => scores[item - 1]).ThenBy(item => item).Take(k).Select(item => (item, scores[item - 1]));
                Assert.Equal(
                    expected, session.Recommend(k, RankingMode.Device, item => item % 7 != 0).Select(r => (r.Item, r.DeviceScore)));
            },
            iter: 300);
    }

    [Fact]
    public void Lists_are_ranked_by_the_joined_score()
    {
        var (session, twin) = (Session(), Twin());
        foreach (var each in new[] { session, twin }) Assert.True(each.TryAccept(Lists.Of(_listed), out _));
        foreach (var item in _events[..4])
        {
            session.Observe(item);
            twin.Observe(item);
        }

        var bonus = Counted.Bonus(session.Model, _events.AsSpan(0, 4));
        var alone = twin.Recommend(10, RankingMode.Rerank).ToDictionary(r => r.Item, r => r.DeviceScore);
        var best = session.Recommend(10, RankingMode.Rerank);
        Assert.All(best, r => Assert.Equal(alone[r.Item] + bonus[r.Item - 1], r.DeviceScore, Tolerance));
        Assert.Equal(best.OrderByDescending(r => r.DeviceScore), best);
        Assert.All(session.Recommend(10), r => Assert.Equal(0.5f * r.CloudScore + 0.5f * r.DeviceScore, r.Score, 1e-6f));
        Assert.NotEqual(twin.Inconsistency(), session.Inconsistency());
    }

    [Fact]
    public void The_request_policy_sees_the_joined_scores()
    {
        // The list is in the order of the model alone, so that counts are all that can disagree with it.
        var twin = Twin();
        foreach (var item in _events[..4]) twin.Observe(item);
        var list = Lists.Of([.. twin.Recommend(20, RankingMode.Device).Select(r => r.Item)]);
        var session = new DeviceSession(Counted.Load(new()), new() { Policy = new ConsistencyPolicy(0.1) });
        foreach (var item in _events[..4]) session.Observe(item);
        Assert.True(session.TryAccept(list, out _));
        Assert.True(twin.TryAccept(list, out _));
        Assert.Equal(0, twin.Inconsistency());
        Assert.True(session.Inconsistency() > 0.1);
        Assert.True(session.Decide().Ask);
    }

    [Fact]
    public void Weight_0_is_the_model_alone()
    {
        var session = new DeviceSession(Counted.Load(new(), Counted.Join with { Weight = 0 }), new());
        var twin = Twin();
        foreach (var item in _events)
        {
            session.Observe(item);
            twin.Observe(item);
        }

        Assert.Equal(Counted.Scores(twin), Counted.Scores(session));
        Assert.Equal((0f, 0), (session.Explain(5).SuccessorScore, session.Explain(5).FollowedEvents.Count));
    }

    [Theory]
    [InlineData(RankingMode.Fused)]
    [InlineData(RankingMode.Rerank)]
    [InlineData(RankingMode.Device)]
    public void An_event_and_its_ranking_allocate_nothing(RankingMode mode)
    {
        var session = new DeviceSession(Counted.Load(new(), Counted.Join with { Shares = true }), new() { ExcludeConsumed = false });
        Assert.True(session.TryAccept(Lists.Of(_listed), out _));
        var (best, scores) = (new Recommendation[10], new float[40]);
        Allocation.AssertNone(() =>
        {
            for (var item = 1; item <= 40; item++)
            {
                session.Observe(item);
                session.Recommend(best.AsSpan(), mode);
                session.ScoreCatalog(scores);
                session.Decide();
            }
        });
    }

    [Fact]
    public void The_size_counts_sums_and_their_room()
    {
        var least = Counted.Table(longestRow: 1);
        var more = Session().SizeBytes - Twin().SizeBytes;
        Assert.True(more >= 40 * 6 * sizeof(int), $"{more} bytes");
        Assert.True(new DeviceSession(Counted.Load(new(), table: least), new()).SizeBytes < Session().SizeBytes);
    }

    private static DeviceSession Session() => new(Counted.Load(new()), new());

    private static DeviceSession Twin() => new(TinyBundle.Load(), new());

    /// <summary>Each item is followed by 40 others, all as often.</summary>
    private static SuccessorTable Tied(int items)
    {
        var (random, ends, followers) = (new Random(3), new int[items + 1], new List<int>());
        for (var item = 1; item <= items; item++)
        {
            followers.AddRange(Enumerable.Range(0, 40).Select(_ => random.Next(1, items + 1)).Distinct().Order());
            ends[item] = followers.Count;
        }

        return SuccessorTable.FromCounts(ends, [.. followers], [.. followers.Select(_ => 1f)]);
    }
}
