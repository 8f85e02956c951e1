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

    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(2, new[] { 38, 39 })]
    [InlineData(2, new int[0])]
    public void So_many_of_those_learned_against_are_listed_and_none_of_those_that_judge(int fromList, int[] listed)
    {
        var task = new LearningTask(Runners.Shape("sasrec"), events: 8);
        var options = Habits.Fast with { Negatives = 3, ListNegatives = fromList, JudgeNegatives = 3, HoldOut = 2 };
        var plan = new AdaptationPlan(task.Runner, options, events: 8);
        var read = new List<int>();
        int[] items = [1, 2, 3, 4, 5, 6, 7, 8];
        AdaptationSample.Read(plan, new(items, new long[8], new float[8]), new Negatives(20, null, 1, 8), listed, (item, _) =>
        {
            read.Add(item);
            return true;
        });
        var (learned, held) = (read[8..28].Chunk(4).ToArray(), read[28..].Chunk(4).ToArray());
        Assert.Equal(items[1..6], learned.Select(candidates => candidates[0]));
        Assert.Equal(items[6..], held.Select(candidates => candidates[0]));
        var expected = listed.Length == 0 ? 0 : fromList;
        Assert.All(learned, candidates => Assert.Equal(expected, candidates.Count(item => item > 20)));
        Assert.All(held, candidates => Assert.DoesNotContain(candidates, item => item > 20));
        if (expected > 0) Assert.Equal(listed, learned.SelectMany(candidates => candidates).Where(item => item > 20).Distinct().Order());
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
