using Tandem.Data;
using Tandem.Learning.Baselines;
using Tandem.Learning.Successors;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Tests.Successors;

public sealed class SuccessorCountingTests
{
    private static readonly SuccessorOptions _plain = new() { Enabled = true, MaxLag = 2, LagDecay = 0.5, PopularityPower = 0 };

    [Fact]
    public void Worked_by_hand()
    {
        // 1→2 counts 1, 1→3 a half, 2→3 twice 1.
        int[][] training = [[1, 2, 3], [2, 3]];
        Assert.Equal([0, 0, 1, 0.5f, 0], After(Count(_plain, 4, training), 1), Within(1 / 255.0));
        Assert.Equal([0, 0, 0, 2, 0], After(Count(_plain, 4, training), 2), Within(2 / 255.0));
        Assert.Equal([0, 0, 0, 0, 0], After(Count(_plain, 4, training), 3), Within(0));
    }

    [Fact]
    public void With_room_for_all_successors_the_sums_are_those_of_the_baseline_within_half_a_step_a_pair()
    {
        const int Items = 30;
        int[][] training = [.. Enumerable.Range(0, 40).Select(user => Draw(Items, 12, user))];
        var sequences = TrainingSequences.Of(Items, training);
        var options = new SuccessorOptions { Count = Items };
        var baseline = LastItemCooccurrence.Train(new(), sequences);
        var sum = new SuccessorSum(SuccessorCounting.Count(options, sequences), options.Recent, options.RecencyDecay);
        var scores = new float[Items + 1];
        for (var n = 0; n < 20; n++)
        {
            var history = Draw(Items, 25, 100 + n);
            baseline.Score([new History(history, default)], scores);
            sum.Read(history);
            // Each of at most 20 rows moves by half a step, 1/510 of its largest count, and weighs ρ^k: 2 of the first in all.
            var bound = 2 * 0.5 / 255 * scores.Max() * 2 + 1e-4;
            for (var item = 1; item <= Items; item++)
            {
                var x = sum.IndexOf(item) is >= 0 and var place ? sum.Sums[place] : 0;
                Assert.InRange(x - scores[item], -bound, bound);
            }
        }
    }

    [Fact]
    public void The_strongest_are_kept_and_of_equal_ones_those_of_smaller_ids()
    {
        int[][] training = [[1, 5], [1, 5], [1, 2], [1, 3], [1, 4]];
        var kept = After(Count(_plain with { Count = 3 }, 5, training), 1);
        Assert.Equal([0, 0, 1, 1, 0, 2], kept, Within(1 / 255.0));
    }

    [Fact]
    public void Options_list_every_fault_and_counting_checks_them()
    {
        Assert.Empty(new SuccessorOptions().Validate());
        var faulty = new SuccessorOptions
        {
            Count = 0,
            MaxLag = 0,
            LagDecay = 0,
            Recent = 0,
            RecencyDecay = 1.1,
            PopularityPower = double.NaN,
        };
        Assert.Equal(6, faulty.Validate().Count());
        Assert.Throws<ArgumentException>(() => Count(faulty, 2, [[1, 2]]));
    }

    private static SuccessorTable Count(SuccessorOptions options, int items, int[][] training) =>
        SuccessorCounting.Count(options, TrainingSequences.Of(items, training));

    /// <summary>[V + 1] sums after one item.</summary>
    private static float[] After(SuccessorTable table, int item)
    {
        var sum = new SuccessorSum(table, 1, 1);
        sum.Read([item]);
        var x = new float[table.Items + 1];
        for (var i = 0; i < sum.Count; i++) x[sum.Items[i]] = sum.Sums[i];
        return x;
    }

    private static int[] Draw(int items, int most, int seed)
    {
        var random = NamedSeed.Create(seed, "sequence");
        return [.. Enumerable.Range(0, random.Next(1, most)).Select(_ => random.Next(1, items + 1))];
    }

    private static EqualityComparer<float> Within(double tolerance) =>
        EqualityComparer<float>.Create((a, b) => Math.Abs(a - b) <= tolerance + 1e-6);
}
