using Tandem.Data.Evaluation;
using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Evaluation;

public sealed class EventSliceTests
{
    [Fact]
    public void Targets_fall_into_slices_by_what_trains_of_them()
    {
        // Of each user the last two do not train.
        int[][] sequences =
        [
            [1, 2, 3, 9, 2],    // 2 follows 1 in what trains, and 1 is of the history
            [1, 2, 4, 9, 8],    // 8 never trains
            [4, 5, 6, 9, 1],    // 1 trains, first of all: it follows nothing
            [1, 3, 7, 9, 5],    // 5 follows 4, and 4 is not of the history
        ];
        var slices = EventSlice.Of(new LeaveOneOut(ListSource.DatasetOf(sequences)));
        Assert.Equal(
            ["no training event", "at most 5 training events", "never followed the history"], slices.Take(3).Select(slice => slice.Name));
        Assert.Equal([1], slices[0].Events);
        Assert.Equal([0, 1, 2, 3], slices[1].Events);
        Assert.Equal([1, 2, 3], slices[2].Events);
    }

    [Fact]
    public void Events_fall_into_slices_by_the_length_of_their_history()
    {
        int[] lengths = [6, 7, 11, 12, 21, 22, 51, 52];
        var sequences = lengths.Select(length => Enumerable.Range(1, length).ToArray()).ToArray();
        var slices = EventSlice.Of(new LeaveOneOut(ListSource.DatasetOf(sequences))).Skip(3).ToArray();
        Assert.Equal("history of 0 to 5 events", slices[0].Name);
        Assert.Equal("history of 51 events and more", slices[4].Name);
        Assert.Equal([[0], [1, 2], [3, 4], [5, 6], [7]], slices.Select(slice => slice.Events));
    }

    [Fact]
    public void What_followed_more_than_20_places_later_did_not_follow()
    {
        int[] near = [1, .. Enumerable.Range(10, 19), 2, 8, 9], far = [1, .. Enumerable.Range(10, 20), 2, 8, 9];
        int[] asked = [1, 4, 5, 9, 2]; // 9 trains nowhere
        Assert.DoesNotContain(1, EventSlice.Of(new LeaveOneOut(ListSource.DatasetOf(near, asked)))[2].Events);
        Assert.Contains(1, EventSlice.Of(new LeaveOneOut(ListSource.DatasetOf(far, asked)))[2].Events);
    }
}
