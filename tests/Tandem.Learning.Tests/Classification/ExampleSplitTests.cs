using Tandem.Learning.Classification;

namespace Tandem.Learning.Tests.Classification;

public class ExampleSplitTests
{
    private static readonly int[] _labels = [.. Enumerable.Range(0, 1000).Select(i => i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2)];

    [Fact]
    public void Each_example_is_in_one_part_and_each_label_has_its_share_of_every_part()
    {
        var split = ExampleSplit.Draw(_labels, seed: 1);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), split.Training.Concat(split.Validation).Concat(split.Test).Order());
        foreach (var (part, share) in new[] { (split.Training, 0.7), (split.Validation, 0.1), (split.Test, 0.2) })
        {
            Assert.Equal(1000 * share, part.Count);
            Assert.Equal(600 * share, part.Count(i => _labels[i] == 0));
            Assert.Equal(100 * share, part.Count(i => _labels[i] == 2));
        }

        Assert.Equal(split.Test, ExampleSplit.Draw(_labels, seed: 1).Test);
        Assert.NotEqual(split.Test, ExampleSplit.Draw(_labels, seed: 2).Test);
    }

    [Fact]
    public void Fewer_labels_lie_within_more_and_keep_the_shares()
    {
        var split = ExampleSplit.Draw(_labels, seed: 1);
        var (few, more, all) = (split.Labelled(_labels, 0.01, 3), split.Labelled(_labels, 0.1, 3), split.Labelled(_labels, 1, 3));
        Assert.Subset(more.ToHashSet(), few.ToHashSet());
        Assert.Equal(split.Training, all);
        Assert.Equal([4, 2, 1], Enumerable.Range(0, 3).Select(label => few.Count(i => _labels[i] == label)));
        Assert.Equal([42, 21, 7], Enumerable.Range(0, 3).Select(label => more.Count(i => _labels[i] == label)));
        Assert.NotEqual(few, split.Labelled(_labels, 0.01, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => split.Labelled(_labels, 0, 3));
    }

    [Fact]
    public void A_published_test_stays_the_test()
    {
        var split = ExampleSplit.DrawValidation(_labels, seed: 1, tested: 200);
        Assert.Equal(Enumerable.Range(800, 200).Select(i => (long)i), split.Test);
        Assert.Equal(80, split.Validation.Count);
        Assert.Equal(800, split.Training.Concat(split.Validation).Distinct().Count());
    }
}
