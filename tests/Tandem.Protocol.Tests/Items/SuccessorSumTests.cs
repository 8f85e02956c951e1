using CsCheck;
using Tandem.Protocol.Items;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Items;

public class SuccessorSumTests
{
    [Fact]
    public void It_sums_as_a_plain_dictionary_does() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 15], Gen.Int[1, 30], Gen.Double[0.05, 1], Gen.Int[0, 1_000_000]).Sample(
            (items, longest, recent, decay, seed) =>
            {
                var table = Tables.Random(items, longest, seed);
                var random = new Random(seed);
                var history = Enumerable.Range(0, random.Next(50)).Select(_ => random.Next(1, items + 1)).ToArray();
                AssertSums(table, new(table, recent, decay), history, decay);
            },
            iter: 3_000);

    [Fact]
    public void Items_that_want_the_same_slot_are_kept_apart()
    {
        // Of 65,535 ids those that the golden ratio's product sends to one of a few slots.
        var close = Enumerable.Range(1, ushort.MaxValue).Where(item => ((uint)item * 2_654_435_769u) >> 25 == 77).ToArray();
        Assert.True(close.Length > 400);
        var table = Tables.Random(ushort.MaxValue, 40, seed: 5, random => close[random.Next(close.Length)]);
        var history = Enumerable.Range(1, 20).ToArray();
        AssertSums(table, new(table, 20, 0.9), history, 0.9);
    }

    [Fact]
    public void It_has_room_for_every_item_of_the_catalogue()
    {
        var table = Tables.Of(
            [.. Enumerable.Range(1, 9).Select(_ => Enumerable.Range(1, 9).Select(item => (item, (float)item)).ToArray())]);
        var sum = new SuccessorSum(table, 1_000, 1);
        Assert.Equal(9, sum.Capacity);
        sum.Read([.. Enumerable.Range(0, 2_000).Select(i => i % 9 + 1)]);
        Assert.Equal(Enumerable.Range(1, 9), sum.Items.ToArray().Order());
        Assert.Equal(9_000, sum.Sums[sum.IndexOf(9)], 1f);
        Assert.True(sum.SizeBytes > 9 * 8);
    }

    [Fact]
    public void Nothing_follows_an_empty_history_or_an_empty_table()
    {
        var table = Tables.Of([(2, 1)], []);
        var sum = new SuccessorSum(table, 3, 1);
        sum.Read([]);
        Assert.Equal((0, -1), (sum.Count, sum.IndexOf(2)));
        sum.Read([2]);
        Assert.Equal(0, sum.Count);
        var none = new SuccessorSum(Tables.Of([], []), 3, 1);
        none.Read([1, 2, 1]);
        Assert.Equal((0, 0, -1), (none.Count, none.Capacity, none.IndexOf(1)));
    }

    [Fact]
    public void What_was_read_before_leaves_no_trace()
    {
        var table = Tables.Random(30, 10, seed: 8);
        var (used, fresh) = (new SuccessorSum(table, 5, 0.7), new SuccessorSum(table, 5, 0.7));
        used.Read([3, 9, 27, 4]);
        used.Read([11, 2]);
        fresh.Read([11, 2]);
        Assert.Equal(fresh.Items, used.Items);
        Assert.Equal(fresh.Sums, used.Sums);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var table = Tables.Random(100, 30, seed: 2);
        var counted = new CountedSuccessors(table, Tables.Join with { Shares = true });
        var (sum, bonus, history) = (counted.CreateSum(), new float[100], Enumerable.Range(1, 40).ToArray());
        Allocation.AssertNone(() =>
        {
            sum.Read(history);
            counted.Bonus(sum, bonus);
            _ = sum.IndexOf(17) + sum.Part(3, 1, 17);
        });
    }

    [Fact]
    public void Parts_add_up_to_the_sum()
    {
        var table = Tables.Random(40, 20, seed: 4);
        var (sum, history) = (new SuccessorSum(table, 6, 0.6), new[] { 9, 2, 2, 31, 17, 9, 40 });
        sum.Read(history);
        for (var i = 0; i < sum.Count; i++)
        {
            var parts = Enumerable.Range(0, 6).Sum(age => sum.Part(history[^(age + 1)], age, sum.Items[i]));
            Assert.Equal(sum.Sums[i], parts, sum.Sums[i] * 1e-5f);
        }
    }

    private static void AssertSums(SuccessorTable table, SuccessorSum sum, int[] history, double decay)
    {
        var (expected, one) = (new Dictionary<int, double>(), new SuccessorSum(table, 1, 1));
        for (var k = 0; k < Math.Min(history.Length, sum.Recent); k++)
        {
            for (var item = 1; item <= table.Items; item++)
            {
                if (one.Part(history[^(k + 1)], 0, item) is > 0 and var count)
                    expected[item] = expected.GetValueOrDefault(item) + Math.Pow(decay, k) * count;
            }
        }

        sum.Read(history);
        Assert.Equal(expected.Count, sum.Count);
        foreach (var (item, x) in expected)
        {
            var place = sum.IndexOf(item);
            Assert.Equal(item, sum.Items[place]);
            Assert.Equal(x, sum.Sums[place], x * 1e-5);
        }

        for (var item = 1; item <= Math.Min(table.Items, 1_000); item++)
            if (!expected.ContainsKey(item)) Assert.Equal(-1, sum.IndexOf(item));
    }
}
