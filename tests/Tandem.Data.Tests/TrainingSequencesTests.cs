namespace Tandem.Data.Tests;

public class TrainingSequencesTests
{
    [Fact]
    public void They_are_what_was_given()
    {
        var sequences = TrainingSequences.Of(9, [1, 2], [], [3]);
        Assert.Equal((9, 3), (sequences.Items, sequences.Count));
        Assert.Equal([1, 2], sequences[0].Items.ToArray());
        Assert.Equal(0, sequences[1].Length);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_sequence_that_is_not_there_is_refused(int user) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingSequences.Of(9, [1], [2])[user]);

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public void Negative_numbers_are_refused(int items, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingSequences(items, count, _ => default));

    [Fact]
    public void Events_are_counted_by_item() =>
        Assert.Equal([0L, 2, 0, 1], TrainingSequences.Of(3, [1, 3], [], [1]).CountByItem());

    [Fact]
    public void The_hash_names_items_and_cuts_and_is_the_one_that_checkpoints_hold()
    {
        var hash = TrainingSequences.Of(9, [1, 2], [3]).Hash;
        Assert.Equal(hash, TrainingSequences.Of(9, [1, 2], [3]).Hash);
        Assert.NotEqual(hash, TrainingSequences.Of(9, [1], [2, 3]).Hash);
        Assert.NotEqual(hash, TrainingSequences.Of(9, [1, 2], [4]).Hash);
        // SHA-256 of the int32 values 2, 1, 2, 1, 3, little-endian.
        Assert.Equal("da72f95aa502d5fd", hash);
    }
}
