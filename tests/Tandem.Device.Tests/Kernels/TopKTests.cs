using CsCheck;
using Tandem.Device.Kernels;

namespace Tandem.Device.Tests.Kernels;

public class TopKTests
{
    // Few distinct values, so that ties are common; NaN and both infinities among them.
    private static readonly Gen<float> _score = Gen.Frequency(
        (8, Gen.Int[-3, 3].Select(i => (float)i)),
        (1, Gen.Const(float.NaN)),
        (1, Gen.Bool.Select(up => up ? float.PositiveInfinity : float.NegativeInfinity)));

    [Fact]
    public void The_best_k_equal_the_first_k_of_a_sort()
    {
        Gen.Select(_score.Array[0, 60], Gen.Int[0, 70], Gen.Int[0, 1000]).Sample((scores, k, seed) =>
        {
            var stream = scores.Select((score, i) => (Item: i + 1, Score: score)).ToArray();
            new Random(seed).Shuffle(stream);
            var expected = stream.Where(s => !float.IsNaN(s.Score)).OrderByDescending(s => s.Score).ThenBy(s => s.Item).Take(k);
            Assert.Equal(expected, Keep(stream, k));
        });
    }

    [Fact]
    public void Of_equal_scores_the_smaller_items_are_kept_whatever_the_order()
    {
        Assert.Equal([(1, 5f), (2, 5f)], Keep([(3, 5f), (1, 5f), (4, 5f), (2, 5f)], k: 2));
        Assert.Equal([(1, 5f), (2, 5f)], Keep([(1, 5f), (2, 5f), (3, 5f), (4, 5f)], k: 2));
    }

    [Fact]
    public void NaN_is_never_kept() => Assert.Equal([(2, -1f)], Keep([(1, float.NaN), (2, -1f), (3, float.NaN)], k: 3));

    [Fact]
    public void A_k_above_the_stream_keeps_all_of_it() => Assert.Equal([(2, 2f), (1, 1f)], Keep([(1, 1f), (2, 2f)], k: 10));

    [Fact]
    public void A_k_of_zero_keeps_nothing() => Assert.Empty(Keep([(1, 1f), (2, 2f)], k: 0));

    private static (int Item, float Score)[] Keep((int Item, float Score)[] stream, int k)
    {
        var (items, scores) = (new int[k], new float[k]);
        var best = new TopK(items, scores);
        foreach (var (item, score) in stream) best.Add(item, score);
        return [.. items.Zip(scores).Take(best.Count)];
    }
}
