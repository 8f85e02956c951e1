using CsCheck;
using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

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

    [Theory]
    [InlineData("dispatched")]
    [InlineData("128")]
    [InlineData("256")]
    [InlineData("512")]
    public void Passing_over_what_cannot_enter_keeps_what_all_would_keep(string path)
    {
        Gen.Select(_score.Array[0, 60], _score.Array[0, 60], Gen.Int[0, 20]).Sample((first, second, k) =>
        {
            float[] all = [.. first, .. second];
            var (items, scores) = (new int[k], new float[k]);
            var best = new TopK(items, scores);
            // The later items first, so that an equal score of a smaller item has to push one out.
            AddRange(ref best, path, second, firstItem: 1 + first.Length);
            AddRange(ref best, path, first, firstItem: 1);
            Assert.Equal(Keep([.. all.Select((score, i) => (i + 1, score))], k), items.Zip(scores).Take(best.Count));
        });
    }

    [Theory]
    [InlineData("dispatched")]
    [InlineData("128")]
    [InlineData("256")]
    [InlineData("512")]
    public void A_range_is_read_to_its_end_and_no_further(string path)
    {
        var random = new Random(1);
        foreach (var length in Vectors.LengthsFromZero)
        {
            var scores = Vectors.Draw(random, length);
            using var memory = new GuardedMemory();
            var (items, kept) = (new int[3], new float[3]);
            var best = new TopK(items, kept);
            AddRange(ref best, path, memory.AtEnd<float>(scores), firstItem: 7);
            Assert.Equal(Keep([.. scores.Select((score, i) => (i + 7, score))], 3), items.Zip(kept).Take(best.Count));
        }
    }

    [Theory]
    [InlineData("all")]
    [InlineData("dispatched")]
    [InlineData("128")]
    [InlineData("256")]
    [InlineData("512")]
    public void A_k_too_great_to_insert_keeps_the_first_k_of_a_sort_with_the_signs_of_zeros(string path)
    {
        var score = Gen.Frequency((8, _score), (4, Gen.Float[-4, 4]), (1, Gen.Const(-0f)));
        Gen.Select(score.Array[0, 1500], Gen.Int[250, 1200]).Sample((scores, k) =>
        {
            var (items, kept) = (new int[k], new float[k]);
            var best = new TopK(items, kept);
            if (path == "all") AddEach(ref best, scores);
            else AddRange(ref best, path, scores, firstItem: 1);
            best.Sort();
            var expected = scores.Select((s, i) => (Item: i + 1, Score: s)).Where(s => !float.IsNaN(s.Score))
                .OrderByDescending(s => s.Score).ThenBy(s => s.Item).Take(k);
            Assert.Equal(expected.Select(Bits), items.Zip(kept).Take(best.Count).Select(Bits));
        });

        static (int, int) Bits((int Item, float Score) kept) => (kept.Item, BitConverter.SingleToInt32Bits(kept.Score));
    }

    [Fact]
    public void A_great_k_allocates_nothing_of_its_own()
    {
        var (scores, items, kept) = (Vectors.Draw(new Random(1), 2000), new int[1000], new float[1000]);
        Allocation.AssertNone(() =>
        {
            var best = new TopK(items, kept);
            AddRange(ref best, "dispatched", scores, firstItem: 1);
            best.Sort();
        });
    }

    private static void AddEach(ref TopK best, ReadOnlySpan<float> scores)
    {
        for (var i = scores.Length - 1; i >= 0; i--) best.Add(i + 1, scores[i]); // the later items first, so that ties move
    }

    private static void AddRange(ref TopK best, string path, ReadOnlySpan<float> scores, int firstItem)
    {
        for (var at = Next(best, path, scores, 0); at < scores.Length; at = Next(best, path, scores, at + 1))
        {
            best.Add(
            firstItem + at, scores[at]);
        }
    }

    private static int Next(in TopK best, string path, ReadOnlySpan<float> scores, int from) => path switch
    {
        "128" => best.Run<Lanes128>(scores, from),
        "256" => best.Run<Lanes256>(scores, from),
        "512" => best.Run<Lanes512>(scores, from),
        _ => best.NextEntering(scores, from),
    };

    private static (int Item, float Score)[] Keep((int Item, float Score)[] stream, int k)
    {
        var (items, scores) = (new int[k], new float[k]);
        var best = new TopK(items, scores);
        foreach (var (item, score) in stream) best.Add(item, score);
        best.Sort();
        return [.. items.Zip(scores).Take(best.Count)];
    }
}
