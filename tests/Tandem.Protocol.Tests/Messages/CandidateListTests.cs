using CsCheck;
using Tandem.Protocol.Messages;

namespace Tandem.Protocol.Tests.Messages;

public class CandidateListTests
{
    [Fact]
    public void A_sound_list_is_accepted()
    {
        Assert.True(ListOf([3, 1, 5], [-0.5f, -2f, -2f]).TryValidate(items: 5, out var fault));
        Assert.Null(fault);
        Assert.True(ListOf([], []).TryValidate(items: 5, out _));
    }

    [Theory]
    [InlineData(new[] { 0 }, new[] { -1f }, "item 0 at place 0 is outside 1..5")]
    [InlineData(new[] { 1, 6 }, new[] { -1f, -2f }, "item 6 at place 1 is outside 1..5")]
    [InlineData(new[] { 1, -2 }, new[] { -1f, -2f }, "item -2 at place 1")]
    [InlineData(new[] { 1, 2, 1 }, new[] { -1f, -2f, -3f }, "item 1 at place 2 is listed twice")]
    [InlineData(new[] { 1, 2 }, new[] { -1f }, "2 items but 1 scores")]
    [InlineData(new[] { 1 }, new[] { -1f, -2f }, "1 items but 2 scores")]
    [InlineData(new[] { 1, 2 }, new[] { -2f, -1f }, "score -1 at place 1 is above -2")]
    [InlineData(new[] { 1, 2 }, new[] { -2f, float.NaN }, "score NaN at place 1 is not finite")]
    [InlineData(new[] { 1 }, new[] { float.NegativeInfinity }, "at place 0 is not finite")]
    public void A_list_with_a_fault_is_refused_by_name(int[] items, float[] scores, string named)
    {
        Assert.False(ListOf(items, scores).TryValidate(items: 5, out var fault));
        Assert.Contains(named, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_negative_history_length_is_refused()
    {
        Assert.False((ListOf([1], [-1f]) with { HistoryLength = -1 }).TryValidate(items: 5, out var fault));
        Assert.Contains("history length is -1", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_items_are_accepted_and_one_more_is_not()
    {
        Assert.True(LongList(10_000).TryValidate(items: 20_000, out _));
        Assert.False(LongList(10_001).TryValidate(items: 20_000, out var fault));
        Assert.Contains("10001 items, expected at most 10000", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verdict_is_that_of_the_definition() =>
        Gen.Select(Gen.Int[0, 6].Array[0, 4], Gen.OneOf(0f, -1f, -2f, float.NaN).Array[0, 4]).Sample(
            (items, scores) =>
            {
                var sound = items.Length == scores.Length
                    && items.Distinct().Count() == items.Length
                    && items.All(item => item is >= 1 and <= 5)
                    && scores.All(float.IsFinite)
                    && scores.SequenceEqual(scores.OrderDescending());
                Assert.Equal(sound, ListOf(items, scores).TryValidate(items: 5, out _));
            },
            iter: 10_000);

    private static CandidateList LongList(int count) =>
        ListOf([.. Enumerable.Range(1, count)], [.. Enumerable.Range(1, count).Select(i => -(float)i)]);

    private static CandidateList ListOf(int[] items, float[] scores) =>
        new() { CatalogVersion = "c1", ModelVersion = "m1", HistoryLength = 7, Items = items, Scores = scores };
}
