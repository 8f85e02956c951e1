using Tandem.Data;
using Tandem.Learning.Baselines;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Baselines;

public sealed class ItemKnnTests : SparseBaselineContract
{
    private const int Items = 9;

    private static readonly int[][] _training = Sequences(30, "training");

    public static TheoryData<ItemKnnOptions> Settings =>
    [
        new ItemKnnOptions(),
        new ItemKnnOptions { Shrinkage = 0, RecencyDecay = 1 },
        new ItemKnnOptions { Neighbours = 3, RecencyDecay = 0.7 },
        new ItemKnnOptions { Neighbours = 1, Shrinkage = 2.5 },
    ];

    protected override PlantedPattern Pattern => PlantedPattern.Groups;

    [Fact]
    public void Worked_by_hand()
    {
        // Items 1 and 2 share one of 2 and 1 users: 1 / √2; a repeat within a user or a history adds nothing.
        int[][] training = [[1, 2, 1], [1, 3, 4]];
        var options = new ItemKnnOptions { Shrinkage = 0, RecencyDecay = 1 };
        var scorer = ItemKnn.Train(options, TrainingSequences.Of(5, training));
        var half = (float)(1 / Math.Sqrt(2));
        Assert.Equal([[0, 0, half, half, half, 0]], Score(scorer, [[1, 1]]));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Scores_equal_those_of_sets_of_users(ItemKnnOptions options)
    {
        var scorer = ItemKnn.Train(options, TrainingSequences.Of(Items, _training));
        foreach (var history in Sequences(20, "histories"))
        {
            var expected = new double[Items + 1];
            foreach (var item in history.Distinct())
            {
                var age = history.Length - 1 - Array.LastIndexOf(history, item);
                foreach (var (other, similarity) in Neighbours(item, options))
                    expected[other] += Math.Pow(options.RecencyDecay, age) * similarity;
            }

            Close.Row([.. expected.Select(e => (float)e)], Score(scorer, [history])[0], tolerance: 1e-5);
        }
    }

    [Fact]
    public void Of_equally_near_neighbours_those_of_smaller_ids_stay()
    {
        int[][] training = [[1, 4, 3, 5, 2]];
        var options = new ItemKnnOptions { Neighbours = 2, Shrinkage = 0 };
        var scorer = ItemKnn.Train(options, TrainingSequences.Of(5, training));
        Assert.Equal([[0, 1, 1, 0, 0, 0]], Score(scorer, [[3]]));
    }

    [Fact]
    public void Options_list_every_fault()
    {
        Assert.Empty(new ItemKnnOptions().Validate());
        Assert.Equal(3, new ItemKnnOptions { Neighbours = 0, Shrinkage = double.PositiveInfinity, RecencyDecay = 0 }.Validate().Count());
    }

    internal override IItemScorer Train(TrainingSequences sequences) => ItemKnn.Train(new(), sequences);

    internal override void Save(IItemScorer scorer, string path) => ((ItemKnn)scorer).Save(path);

    internal override IItemScorer Load(string path) => ItemKnn.Load(path);

    private static IEnumerable<(int Item, double Similarity)> Neighbours(int item, ItemKnnOptions options)
    {
        HashSet<int> Users(int of) => [.. Enumerable.Range(0, _training.Length).Where(user => _training[user].Contains(of))];
        var own = Users(item);
        return Enumerable.Range(1, Items).Where(other => other != item)
            .Select(other => (other, Shared: Users(other).Count(own.Contains), Size: Users(other).Count))
            .Where(pair => pair.Shared > 0)
            .Select(pair => (pair.other, Similarity: pair.Shared / (Math.Sqrt((double)own.Count * pair.Size) + options.Shrinkage)))
            .OrderByDescending(pair => pair.Similarity).ThenBy(pair => pair.other)
            .Take(options.Neighbours);
    }

    private static int[][] Sequences(int count, string name)
    {
        var random = NamedSeed.Create(1, name);
        int[] Sequence() => [.. Enumerable.Range(0, random.Next(0, 7)).Select(_ => random.Next(1, Items + 1))];
        return [.. Enumerable.Range(0, count).Select(_ => Sequence())];
    }
}
