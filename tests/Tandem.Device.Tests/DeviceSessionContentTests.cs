using Tandem.Device.Tests.Models;
using Tandem.Protocol.Items;
using Tandem.Tests;

namespace Tandem.Device.Tests;

/// <summary>Scores of a session whose model what items are like joins, beside one of the same weights without.</summary>
public class DeviceSessionContentTests
{
    private static readonly int[] _events = [3, 9, 25, 9, 14, 5, 22, 31, 8, 17];
    private static readonly int[] _listed = [7, 30, 2, 19, 11, 40, 1, 25];

    /// <summary>Of a content's weight: the user's vector is rounded to 16 bits.</summary>
    private const float Tolerance = 2e-4f;

    [Theory]
    [InlineData(TinyStorage.Full)]
    [InlineData(TinyStorage.Half)]
    [InlineData(TinyStorage.Quantised)]
    public void Every_score_is_the_models_and_what_contents_add(TinyStorage storage)
    {
        var model = Contented.Load(new() { Items = storage }, Contented.Text, Contented.Category);
        var (session, twin) = (new DeviceSession(model, new()), new DeviceSession(Counted.Opened(new() { Items = storage }), new()));
        for (var n = 0; n <= _events.Length; n++)
        {
            if (n > 0) session.Observe(_events[n - 1]);
            if (n > 0) twin.Observe(_events[n - 1]);
            AssertJoined(session, twin, _events.AsSpan(0, n));
        }
    }

    [Fact]
    public void Counts_and_contents_join_one_model()
    {
        var bundle = new TinyBundle { Join = Counted.Join };
        var contents = new[] { Contented.Text, Contented.Category };
        bundle.Contents = [.. contents.Select(content => content.Join)];
        bundle.Counts = writer =>
        {
            Counted.Table().Write(writer);
            foreach (var content in contents) content.Rows.Write(writer, content.Join.Name);
        };
        var session = new DeviceSession(Counted.Opened(bundle), new());
        var twin = new DeviceSession(Counted.Load(new()), new());
        foreach (var item in _events)
        {
            session.Observe(item);
            twin.Observe(item);
        }

        AssertJoined(session, twin, _events);
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

        var text = Contented.Bonus(Contented.Text, _events.AsSpan(0, 4));
        var category = Contented.Bonus(Contented.Category, _events.AsSpan(0, 4));
        var alone = twin.Recommend(10, RankingMode.Rerank).ToDictionary(r => r.Item, r => r.DeviceScore);
        var best = session.Recommend(10, RankingMode.Rerank);
        Assert.NotEmpty(best);
        Assert.All(best, r => Assert.Equal(alone[r.Item] + text[r.Item - 1] + category[r.Item - 1], r.DeviceScore, Tolerance));
        Assert.Equal(best.OrderByDescending(r => r.DeviceScore), best);
    }

    [Fact]
    public void An_undo_and_a_snapshot_bring_back_the_same_scores()
    {
        var (session, other) = (Session(), Session());
        foreach (var item in _events[..5]) session.Observe(item);
        var before = Counted.Scores(session);
        session.Observe(31);
        Assert.NotEqual(before, Counted.Scores(session));
        Assert.True(session.Undo());
        Assert.Equal(before, Counted.Scores(session));
        Assert.True(other.TryRestore(session.Snapshot(), out var fault), fault);
        Assert.Equal(before, Counted.Scores(other));
    }

    [Fact]
    public void The_explanation_names_what_each_content_adds()
    {
        var (session, twin) = (Session(), Twin());
        foreach (var item in _events)
        {
            session.Observe(item);
            twin.Observe(item);
        }

        var why = session.Explain(12);
        Assert.Equal(["text", "category"], why.Contents.Select(part => part.Name));
        Assert.Equal(Contented.Bonus(Contented.Text, _events)[11], why.Contents[0].Score, Tolerance);
        Assert.Equal(twin.Explain(12).DeviceScore + why.Contents.Sum(part => part.Score), why.DeviceScore, Tolerance);
        Assert.Empty(twin.Explain(12).Contents);
    }

    [Fact]
    public void Weight_0_is_the_model_alone()
    {
        var content = Contented.Text with { Join = Contented.Text.Join with { Weight = 0 } };
        var (session, twin) = (new DeviceSession(Contented.Load(new(), content), new()), Twin());
        foreach (var item in _events)
        {
            session.Observe(item);
            twin.Observe(item);
        }

        Assert.Equal(Counted.Scores(twin), Counted.Scores(session));
        Assert.Empty(session.Explain(5).Contents);
    }

    [Theory]
    [InlineData(RankingMode.Fused)]
    [InlineData(RankingMode.Rerank)]
    [InlineData(RankingMode.Device)]
    public void An_event_and_its_ranking_allocate_nothing(RankingMode mode)
    {
        var session = new DeviceSession(
            Contented.Load(new() { Items = TinyStorage.Quantised }, Contented.Text, Contented.Category), new() { ExcludeConsumed = false });
        Assert.True(session.TryAccept(Lists.Of(_listed), out _));
        var (best, scores) = (new Recommendation[10], new float[40]);
        Allocation.AssertNone(() =>
        {
            for (var item = 1; item <= 40; item++)
            {
                session.Observe(item);
                session.Recommend(best.AsSpan(), mode);
                session.ScoreCatalog(scores);
            }
        });
    }

    [Fact]
    public void A_device_without_a_table_ranks_by_the_vectors_that_come_with_lists()
    {
        var (whole, bare) = (new TinyBundle { Items = TinyStorage.Quantised }, new TinyBundle());
        var table = bare.Values("items.weight");
        bare.Remove("items.weight");
        var (session, twin) = (
            new DeviceSession(Contented.Load(bare, Contented.Text, Contented.Category), new() { ItemLimit = 12 }),
            new DeviceSession(Contented.Load(whole, Contented.Text, Contented.Category), new()));
        foreach (var each in new[] { session, twin })
        {
            each.Observe(3);
            each.Observe(9);
            var list = Lists.Of(7, 30, 2, 19) with { Slice = Slice([7, 30, 2, 19, 3, 9, 12], Contented.Text, Contented.Category) };
            Assert.True(each.TryAccept(list, out var fault), fault);
        }

        Assert.Equal(twin.Recommend(10), session.Recommend(10));
        foreach (var each in new[] { session, twin }) each.Observe(12);
        Assert.Equal(twin.Recommend(10), session.Recommend(10));
        var restored = new DeviceSession(session.Model, new() { ItemLimit = 12 });
        Assert.True(restored.TryRestore(session.Snapshot(), out var refusal), refusal);
        Assert.Equal(session.Recommend(10), restored.Recommend(10));

        Assert.False(session.TryAccept(Lists.Of(7) with { Slice = Slice([7]) }, out var missing));
        Assert.Contains("no 'text' vectors of 6 elements", missing, StringComparison.Ordinal);
        Assert.True(float.IsNaN(session.Explain(33).Contents[0].Score), "its row is not held");

        byte[] Slice(int[] items, params JoinedContent[] contents) =>
            ItemSlice.FromTable(TinyBundle.Catalog, "1", items, table, 8, contents).ToBytes();
    }

    [Fact]
    public void A_bundle_with_a_table_and_without_the_vectors_is_refused()
    {
        var bundle = new TinyBundle { Contents = [Contented.Text.Join] };
        Assert.False(DeviceModel.TryLoad(bundle.Open(), out _, out var fault));
        Assert.Contains("content.text.codes", fault, StringComparison.Ordinal);
    }

    private static void AssertJoined(DeviceSession session, DeviceSession twin, ReadOnlySpan<int> events)
    {
        var (joined, alone) = (Counted.Scores(session), Counted.Scores(twin));
        var (text, category) = (Contented.Bonus(Contented.Text, events), Contented.Bonus(Contented.Category, events));
        for (var i = 0; i < 40; i++) Assert.Equal(alone[i] + text[i] + category[i], joined[i], Tolerance);
        if (events.Length > 0) Assert.Contains(text, value => Math.Abs(value) > 1);
    }

    private static DeviceSession Session() => new(Contented.Load(new(), Contented.Text, Contented.Category), new());

    private static DeviceSession Twin() => new(TinyBundle.Load(), new());
}
