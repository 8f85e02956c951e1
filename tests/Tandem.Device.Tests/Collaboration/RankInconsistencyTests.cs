using CsCheck;
using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public class RankInconsistencyTests
{
    private const int K = 50;

    [Fact]
    public void Equal_rankings_agree_wholly() => Assert.Equal(0, RankInconsistency.Between(Identity(K), Identity(K)));

    [Fact]
    public void Reversed_rankings_of_50_disagree_wholly_by_25_places_an_item()
    {
        var reversed = Identity(K).Reverse().ToArray();
        var inconsistency = RankInconsistency.Between(Identity(K), reversed);
        Assert.Equal(1, inconsistency);
        Assert.Equal(25, inconsistency * (K * K / 2) / K);
    }

    [Fact]
    public void Reversed_rankings_of_an_odd_number_disagree_wholly() =>
        Assert.Equal(1, RankInconsistency.Between(Identity(7), [.. Identity(7).Reverse()]));

    [Fact]
    public void Unrelated_rankings_of_50_lie_16_66_of_25_places_apart()
    {
        var random = new Random(4);
        var mean = Enumerable.Range(0, 2000).Average(_ => RankInconsistency.Between(Shuffled(random), Shuffled(random)));
        Assert.Equal(16.66 / 25, mean, tolerance: 0.02);
    }

    [Fact]
    public void One_neighbouring_swap_costs_two_places() =>
        Assert.Equal(2.0 / (K * K / 2), RankInconsistency.Between(Identity(K), [1, 0, .. Identity(K)[2..]]));

    [Fact]
    public void It_is_symmetric_and_lies_between_0_and_1()
    {
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 1000]).Sample((k, seed) =>
        {
            var random = new Random(seed);
            var (a, b) = (Identity(k), Identity(k));
            random.Shuffle(a);
            random.Shuffle(b);
            var inconsistency = RankInconsistency.Between(a, b);
            Assert.InRange(inconsistency, 0, 1);
            Assert.Equal(inconsistency, RankInconsistency.Between(b, a));
        });
    }

    [Fact]
    public void A_list_of_one_or_none_cannot_disagree()
    {
        Assert.Equal(0, RankInconsistency.Between([0], [0]));
        Assert.Equal(0, RankInconsistency.Between([], []));
    }

    [Fact]
    public void A_list_beyond_the_stack_buffer_is_measured_alike() =>
        Assert.Equal(1, RankInconsistency.Between(Identity(2000), [.. Identity(2000).Reverse()]));

    private static int[] Identity(int k) => [.. Enumerable.Range(0, k)];

    private static int[] Shuffled(Random random)
    {
        var items = Identity(K);
        random.Shuffle(items);
        return items;
    }
}
