using CsCheck;
using Tandem.Data.Metrics;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Metrics;

public class ListMetricsTests
{
    // Items 1 to 4 are with 8, 4, 1 and none of 8 users.
    private static readonly ItemPopularity _popularity = new([0, 8, 4, 1, 0], users: 8);

    [Fact]
    public void Coverage_is_the_share_of_the_catalogue_on_some_list()
    {
        Assert.Equal(0.5, Of([1, 2], [2, 1]).Coverage());
        Assert.Equal(1, Of([1, 2], [3, 4]).Coverage());
    }

    [Fact]
    public void The_Gini_index_is_zero_for_all_alike_and_one_for_a_single_item()
    {
        Assert.Equal(0, Of([1, 2], [3, 4]).Gini(), 1e-15);
        Assert.Equal(1, Of([3], [3], [3]).Gini(), 1e-15);
        // Shares 0, 0, 1/3, 2/3 of four items: (1 · 1/3 + 3 · 2/3) / 3.
        Assert.Equal(7 / 9.0, Of([1, 2], [1]).Gini(), 1e-15);
    }

    [Fact]
    public void The_Gini_index_is_the_mean_difference_of_all_pairs() => Gen.Int[1, 6].Array[1, 20].Sample(shown =>
    {
        var index = new ListMetrics(shown.Select(item => new[] { item }), new([0, 1, 1, 1, 1, 1, 1], 1)).Gini();
        var shares = Enumerable.Range(1, 6).Select(item => shown.Count(s => s == item) / (double)shown.Length).ToArray();
        // Mean absolute difference, scaled so that one item alone gives 1.
        var differences = shares.Sum(a => shares.Sum(b => Math.Abs(a - b)));
        Assert.Equal(differences / (2 * 5), index, 1e-12);
    });

    [Fact]
    public void Novelty_is_self_information_in_bits()
    {
        Assert.Equal(0, Of([1]).Novelty());
        // User one: 1 and 3 bits; user two: an item that nobody has counts as one of one user, 3 bits.
        Assert.Equal((2 + 3) / 2.0, Of([2, 3], [4]).Novelty(), 1e-15);
    }

    [Fact]
    public void Popularity_lift_compares_lists_with_histories()
    {
        Assert.Equal(0, Of([1, 2]).PopularityLift([[2, 1]]), 1e-15);
        Assert.Equal(1, Of([1]).PopularityLift([[2], [2, 2]]), 1e-15);
        Assert.Equal(-0.75, Of([3]).PopularityLift([[2], []]), 1e-15);
    }

    [Fact]
    public void Every_user_weighs_the_same_however_long_the_history() =>
        Assert.Equal(0.75 / ((1 + 0.5) / 2) - 1, Of([1, 2]).PopularityLift([[1, 1, 1, 1], [2]]), 1e-15);

    [Fact]
    public void Empty_lists_are_left_out() => Assert.Equal(Of([2, 3]).Novelty(), Of([2, 3], []).Novelty());

    [Fact]
    public void Lists_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Of([]));
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => Of([1, 1])).Message);
        Assert.Contains("item 0", Assert.Throws<ArgumentException>(() => Of([0, 1])).Message);
        Assert.Contains("item 5", Assert.Throws<ArgumentException>(() => Of([5])).Message);
        Assert.Throws<ArgumentException>(() => Of([1]).PopularityLift([[4]]));
        Assert.Throws<ArgumentException>(() => Of([1]).PopularityLift([]));
    }

    [Fact]
    public void Popularity_counts_users_and_only_what_trains()
    {
        var dataset = DatasetPreparation.Prepare(
            new ListSource(
            [
                .. "aabc".Select((item, i) => new Interaction("u", $"{item}", i, 1)),
                .. "bacd".Select((item, i) => new Interaction("v", $"{item}", i, 1)),
            ]), seed: 1);
        int[] Counts(ISplit split) => [.. "abcd".Select(item => ItemPopularity.OfTraining(split)[dataset.Catalog.FindId($"{item}")])];

        Assert.Equal([2, 1, 0, 0], Counts(new LeaveOneOut(dataset)));
        Assert.Equal([2, 2, 1, 0], Counts(new LeaveOneOut(dataset, refits: true)));
        Assert.Equal(2, ItemPopularity.OfTraining(new LeaveOneOut(dataset)).Users);
    }

    [Fact]
    public void Cold_users_do_not_dilute_popularity()
    {
        var dataset = DatasetPreparation.Prepare(
            new ListSource([new("u", "a", 1, 1), new("u", "b", 9, 1), new("cold", "a", 9, 1), new("cold", "b", 9, 1)]), seed: 1);
        Assert.Equal(1, ItemPopularity.OfTraining(GlobalTime.At(dataset, 5, 5)).Share(dataset.Catalog.FindId("a")));
    }

    [Fact]
    public void Counts_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ItemPopularity([0, 3], users: 2));
        Assert.Throws<ArgumentException>(() => new ItemPopularity([0, -1], users: 2));
        Assert.Throws<ArgumentException>(() => new ItemPopularity([0], users: 2));
        Assert.Throws<ArgumentException>(() => new ItemPopularity([0, 0], users: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _popularity[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => _popularity[5]);
    }

    private static ListMetrics Of(params int[][] lists) => new(lists, _popularity);
}
