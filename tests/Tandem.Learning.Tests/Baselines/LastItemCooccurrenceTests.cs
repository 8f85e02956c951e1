using Tandem.Data;
using Tandem.Learning.Baselines;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Baselines;

public sealed class LastItemCooccurrenceTests : SparseBaselineContract
{
    private static readonly LastItemCooccurrenceOptions _forward =
        new() { MaxLag = 2, LagDecay = 0.5, Recent = 2, RecencyDecay = 0.25, Symmetric = false, PopularityPower = 0 };

    public static TheoryData<LastItemCooccurrenceOptions> Settings =>
    [
        new LastItemCooccurrenceOptions(),
        _forward,
        _forward with { Symmetric = true },
        _forward with { PopularityPower = 1 },
        _forward with { MaxLag = 100, Recent = 100, LagDecay = 1, RecencyDecay = 1, PopularityPower = 0.5, Symmetric = true },
    ];

    [Fact]
    public void Worked_by_hand()
    {
        // 1→2 counts 1, 1→3 a half, 2→3 twice 1; after [1, 2]: item 3 has 1 · 2 from 2 and ¼ · ½ from 1, item 2 has ¼ · 1 from 1.
        int[][] training = [[1, 2, 3], [2, 3]];
        var scorer = LastItemCooccurrence.Train(_forward, TrainingSequences.Of(4, training));
        Assert.Equal([[0, 0, 0.25f, 2.125f, 0]], Score(scorer, [[1, 2]]));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Scores_equal_sums_over_all_pairs_of_events(LastItemCooccurrenceOptions options)
    {
        const int Items = 9;
        var random = NamedSeed.Create(1, "pairs");
        int[] Sequence() => [.. Enumerable.Range(0, random.Next(0, 12)).Select(_ => random.Next(1, Items + 1))];
        int[][] training = [.. Enumerable.Range(0, 20).Select(_ => Sequence())];
        var scorer = LastItemCooccurrence.Train(options, TrainingSequences.Of(Items, training));
        for (var n = 0; n < 20; n++)
        {
            var history = Sequence();
            var expected = Enumerable.Range(0, Items + 1).Select(item => item == 0 ? 0 : (float)Oracle(options, training, history, item));
            Close.Row([.. expected], Score(scorer, [history])[0], tolerance: 1e-4);
        }
    }

    [Fact]
    public void A_pair_further_apart_than_the_maximal_lag_does_not_count()
    {
        int[][] training = [[1, 2, 3, 4]];
        var scorer = LastItemCooccurrence.Train(_forward, TrainingSequences.Of(4, training));
        Assert.Equal(0, Score(scorer, [[1]])[0][4]);
        Assert.Equal(0.5f, Score(scorer, [[1]])[0][3]);
    }

    [Fact]
    public void Options_list_every_fault()
    {
        Assert.Empty(new LastItemCooccurrenceOptions().Validate());
        var faulty = new LastItemCooccurrenceOptions
        {
            MaxLag = 0,
            LagDecay = 0,
            Recent = 0,
            RecencyDecay = 1.1,
            PopularityPower = double.NaN,
        };
        Assert.Equal(5, faulty.Validate().Count());
    }

    internal override IItemScorer Train(TrainingSequences sequences) =>
        LastItemCooccurrence.Train(new(), sequences);

    internal override void Save(IItemScorer scorer, string path) => ((LastItemCooccurrence)scorer).Save(path);

    internal override IItemScorer Load(string path) => LastItemCooccurrence.Load(path);

    /// <summary>Every event of the history against every pair of places of every sequence.</summary>
    private static double Oracle(LastItemCooccurrenceOptions options, int[][] training, int[] history, int item)
    {
        double Count(int of) => training.Sum(sequence => sequence.Count(i => i == of));
        double Follows(int a, int b)
        {
            var sum = 0.0;
            foreach (var s in training)
            {
                for (var i = 0; i < s.Length; i++)
                {
                    for (var j = i + 1; j < s.Length; j++)
                        if (s[i] == a && s[j] == b && j - i <= options.MaxLag) sum += Math.Pow(options.LagDecay, j - i - 1);
                }
            }

            return sum;
        }

        var score = 0.0;
        for (var k = 0; k < history.Length && k < options.Recent; k++)
        {
            var a = history[history.Length - 1 - k];
            var pairs = Follows(a, item) + (options.Symmetric ? Follows(item, a) : 0);
            if (pairs == 0) continue;
            score += Math.Pow(options.RecencyDecay, k) * pairs / Math.Pow(Count(a) * Count(item), options.PopularityPower / 2);
        }

        return score;
    }
}
