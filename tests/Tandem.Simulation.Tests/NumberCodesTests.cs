using Tandem.Data.Preparation;
using Tandem.Tests;

namespace Tandem.Simulation.Tests;

public class NumberCodesTests
{
    [Fact]
    public void Numbers_are_read_in_pairs_of_digits_from_the_right()
    {
        using var world = new TinyWorld([4391, 127, 12_101]);
        var ids = NumberCodes.Of(world.Dataset, ItemNumbering.Random);
        Assert.Equal([0, 43, 91], ids.Codes(4391).ToArray());
        Assert.Equal([0, 1, 27], ids.Codes(127).ToArray());
        Assert.Equal([1, 21, 1], ids.Codes(12_101).ToArray());
        Assert.Equal(0, ids.Moved);
    }

    [Fact]
    public void Items_are_numbered_as_users_bring_them_in()
    {
        using var world = new TinyWorld([5, 2, 5], [2, 6, 1]);
        Assert.Equal([0, 4, 2, 5, 6, 1, 3], NumberCodes.FirstAppearance(world.Dataset));
    }

    /// <summary>
    /// Without learning anything, "the greatest number so far and the ones after it" finds what only the future could tell.
    /// </summary>
    [Fact]
    public void Numbers_by_first_appearance_give_the_next_item_away_and_random_ones_do_not()
    {
        var dataset = DatasetFolder.Open(SharedFolder.Require("data/beauty"), seed: 1);
        Assert.InRange(HitsOfFive(NumberCodes.FirstAppearance(dataset)), 0.03, 0.06);   // .0453 by the published order of users
        Assert.InRange(HitsOfFive([.. Enumerable.Range(0, dataset.Catalog.Count + 1)]), 0, 0.001);

        double HitsOfFive(int[] numbers) => Enumerable.Range(0, dataset.Users).Average(user =>
        {
            var items = dataset.Sequence(user);
            var greatest = 0;
            foreach (var item in items[..^1]) greatest = Math.Max(greatest, numbers[item]);
            return numbers[items[^1]] - greatest is > 0 and <= 5 ? 1.0 : 0;
        });
    }
}
