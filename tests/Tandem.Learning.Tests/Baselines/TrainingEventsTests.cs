using Tandem.Data;
using Tandem.Learning.Baselines;

namespace Tandem.Learning.Tests.Baselines;

public class TrainingEventsTests
{
    private static readonly int[][] _sequences = [[3, 1, 3], [], [2, 3, 5]];

    [Fact]
    public void Events_are_found_by_user_and_by_item()
    {
        var events = TrainingEvents.Read(TrainingSequences.Of(5, _sequences));
        Assert.Equal((5, 3), (events.Items, events.Users));
        for (var user = 0; user < _sequences.Length; user++) Assert.Equal(_sequences[user], events.ItemsOf(user));
        Assert.Equal([0, 2, 4], events.EventsOf(3));
        Assert.True(events.EventsOf(4).IsEmpty);
        Assert.Equal([1, 1, 3, 0, 1], Enumerable.Range(1, 5).Select(events.CountOf));
        Assert.Equal([0, 0, 0, 2, 2, 2], Enumerable.Range(0, 6).Select(events.UserOf));
    }

    [Fact]
    public void Before_and_after_stay_within_the_user()
    {
        var events = TrainingEvents.Read(TrainingSequences.Of(5, _sequences));
        Assert.Equal([3], events.Before(1));
        Assert.Equal([3], events.After(1));
        Assert.True(events.After(2).IsEmpty);
        Assert.True(events.Before(3).IsEmpty);
        Assert.Equal([3, 5], events.After(3));
    }

    [Fact]
    public void Distinct_events_are_each_users_items_once()
    {
        var events = TrainingEvents.ReadDistinct(TrainingSequences.Of(5, _sequences));
        Assert.Equal([1, 3], events.ItemsOf(0));
        Assert.Equal([2, 3, 5], events.ItemsOf(2));
        Assert.Equal(2, events.CountOf(3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void An_item_that_is_not_in_the_catalogue_is_refused_with_its_user(int item)
    {
        int[][] sequences = [[1], [2, item]];
        var e = Assert.Throws<ArgumentException>(() => TrainingEvents.Read(TrainingSequences.Of(5, sequences)));
        Assert.Contains($"user 1 has item {item}; expected ids from 1 to 5", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalogue_without_items_is_refused() =>
        Assert.Throws<ArgumentException>(() => TrainingEvents.Read(TrainingSequences.Of(0)));
}
