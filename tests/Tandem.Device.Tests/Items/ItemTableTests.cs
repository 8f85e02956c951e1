using Tandem.Device.Tests.Models;

namespace Tandem.Device.Tests.Items;

/// <summary>The same table as float32, float16 and int8.</summary>
public class ItemTableTests
{
    [Theory]
    [InlineData(TinyStorage.Half, 2e-3f)]        // 11 bits of mantissa on rows and 8 sums
    [InlineData(TinyStorage.Quantised, 3e-2f)]   // 8 elements, each within half a step of 1/254
    public void Scores_differ_by_the_storages_rounding_alone(TinyStorage storage, float tolerance)
    {
        var (expected, actual) = (Scores(TinyStorage.Full), Scores(storage));
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
        Assert.NotEqual(expected, actual);
    }

    [Theory]
    [InlineData(TinyStorage.Full)]
    [InlineData(TinyStorage.Half)]
    [InlineData(TinyStorage.Quantised)]
    public void A_list_is_scored_as_the_catalogue_is(TinyStorage storage)
    {
        var session = Session(storage);
        var scores = new float[40];
        session.ScoreCatalog(scores);
        Assert.True(session.TryAccept(Lists.Of(7, 30, 2, 19, 40, 1), out _));
        Assert.All(session.Recommend(10, RankingMode.Rerank), r => Assert.Equal(scores[r.Item - 1], r.DeviceScore, 1e-6f));
    }

    [Theory]
    [InlineData(TinyStorage.Half, "items.weight")]
    [InlineData(TinyStorage.Quantised, "items.scales")]
    public void A_value_that_is_no_finite_number_is_refused(TinyStorage storage, string name)
    {
        var bundle = new TinyBundle { Items = storage, SpoilItems = true };
        Assert.False(DeviceModel.TryLoad(bundle.Open(), out _, out var fault));
        Assert.Contains($"'{name}'", fault, StringComparison.Ordinal);
        Assert.Contains("not finite", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_table_or_with_places_for_another_number_of_items_scores_are_refused()
    {
        var bundle = new TinyBundle();
        bundle.Remove("items.weight");
        Assert.True(DeviceModel.TryLoad(bundle.Open(), out var bare, out _));
        Assert.Throws<InvalidOperationException>(() => new DeviceSession(bare!, new()).ScoreCatalog(new float[40]));
        Assert.Throws<ArgumentException>(() => Session(TinyStorage.Full).ScoreCatalog(new float[39]));
    }

    private static float[] Scores(TinyStorage storage)
    {
        var scores = new float[40];
        Session(storage).ScoreCatalog(scores);
        return scores;
    }

    private static DeviceSession Session(TinyStorage storage)
    {
        Assert.True(DeviceModel.TryLoad(new TinyBundle { Items = storage }.Open(), out var model, out var fault), fault);
        var session = new DeviceSession(model!, new());
        foreach (var item in new[] { 3, 9, 27 }) session.Observe(item);
        return session;
    }
}
