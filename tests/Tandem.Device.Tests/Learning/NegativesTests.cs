using Tandem.Device.Learning;

namespace Tandem.Device.Tests.Learning;

public class NegativesTests
{
    [Fact]
    public void Every_item_but_the_true_one_is_drawn_about_equally_often()
    {
        const int Draws = 90_000;
        foreach (var item in new[] { 1, 4, 10 })
        {
            var negatives = new Negatives(items: 10, held: null, seed: 3, events: 17);
            var counts = new int[11];
            for (var i = 0; i < Draws; i++) counts[negatives.Next(item)]++;
            Assert.Equal((0, 0), (counts[0], counts[item]));
            foreach (var other in Enumerable.Range(1, 10).Where(i => i != item))
            {
                Assert.InRange(counts[other], 9_600,
                10_400); // 4 deviations
            }
        }
    }

    [Fact]
    public void Of_rows_held_every_one_but_the_true_one_is_drawn()
    {
        int[] held = [3, 7, 20, 31];
        var negatives = new Negatives(held.Length, held, seed: 3, events: 17);
        foreach (var item in held)
        {
            var drawn = Enumerable.Range(0, 200).Select(_ => negatives.Next(item)).Distinct().Order();
            Assert.Equal(held.Except([item]), drawn);
        }
    }

    [Fact]
    public void Draws_repeat_and_differ_by_seed_and_number_of_events()
    {
        Assert.Equal(Draw(1, 5), Draw(1, 5));
        Assert.NotEqual(Draw(1, 5), Draw(2, 5));
        Assert.NotEqual(Draw(1, 5), Draw(1, 6));
        Assert.NotEqual(Draw(-1, 5), Draw(1, 5));

        static int[] Draw(int seed, long events)
        {
            var negatives = new Negatives(1_000_000, null, seed, events);
            return [.. Enumerable.Range(0, 8).Select(_ => negatives.Next(1))];
        }
    }
}
