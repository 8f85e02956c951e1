using Tandem.Learning.Runs;

namespace Tandem.Learning.Tests.Runs;

public class NumberFragmentsTests
{
    [Fact]
    public void Pairs_of_digits_are_combined_anew() =>
        Assert.Equal([191, 4327], NumberFragments.Recombine([4391, 127], items: 12_101, new Random(1)).Order());

    [Fact]
    public void No_number_is_made_that_no_item_has_and_the_order_follows_the_draw()
    {
        Assert.Equal([191], NumberFragments.Recombine([4391, 127], items: 4000, new Random(1)));
        int[] listed = [12_001, 345, 6789, 1011, 5432];
        var made = NumberFragments.Recombine(listed, items: 12_101, new Random(1));
        Assert.Equal(made, made.Distinct());
        Assert.Empty(made.Intersect(listed));
        Assert.Equal(made, NumberFragments.Recombine(listed, items: 12_101, new Random(1)));
        Assert.NotEqual(made, NumberFragments.Recombine(listed, items: 12_101, new Random(2)));
    }
}
