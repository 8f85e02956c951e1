using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class Int8RowsTests
{
    private delegate void Kernel(
        ReadOnlySpan<sbyte> rows, ReadOnlySpan<float> scales, ReadOnlySpan<short> query, float queryScale, Span<float> scores);

    private delegate void GatheredKernel(
        ReadOnlySpan<sbyte> rows, ReadOnlySpan<float> scales, ReadOnlySpan<int> indices, ReadOnlySpan<short> query, float queryScale,
        Span<float> scores);

    private static readonly Dictionary<string, (Kernel Score, GatheredKernel Gathered)> _paths = new()
    {
        ["dispatched"] = (Int8Rows.Score, Int8Rows.ScoreGathered),
        ["scalar"] = (Int8Rows.Scalar, Int8Rows.ScalarGathered),
        ["128"] = (Int8Rows.Run<Int8Lanes128>, Int8Rows.RunGathered<Int8Lanes128>),
        ["256"] = (Int8Rows.Run<Int8Lanes256>, Int8Rows.RunGathered<Int8Lanes256>),
        ["512"] = (Int8Rows.Run<Int8Lanes512>, Int8Rows.RunGathered<Int8Lanes512>),
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Scores_are_the_exact_integers_times_both_scales_at_every_length(string path)
    {
        foreach (var width in Vectors.LengthsFromZero) Check(path, rows: width % 9, width);
        foreach (var rows in Vectors.LengthsFromZero) Check(path, rows, width: 40);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_largest_products_do_not_overflow(string path)
    {
        foreach (var width in new[] { 64, 512, 513, 4096, 70_000 })
        {
            float[] query = [.. Enumerable.Repeat(-3f, width)];
            var rounded = new short[width];
            var scale = Int8Rows.QuantiseQuery(query, rounded);
            // −128 is no value of a row that is written, yet may be in one that is read.
            sbyte[] rows = [.. Enumerable.Repeat(sbyte.MinValue, width), .. Enumerable.Repeat(sbyte.MaxValue, width)];
            var scores = new float[2];
            _paths[path].Score(rows, [1, 1], rounded, scale, scores);
            Assert.Equal(3.0 * 128 * width, scores[0], 1e-6 * 3 * 128 * width);
            Assert.Equal(-3.0 * 127 * width, scores[1], 1e-6 * 3 * 128 * width);
        }
    }

    [Fact]
    public void A_rounded_query_is_within_half_a_step()
    {
        var random = new Random(1);
        foreach (var width in Vectors.LengthsFromZero)
        {
            var query = Vectors.Draw(random, width);
            using var memory = new GuardedMemory();
            var rounded = memory.AtEnd<short>(new short[width]);
            var scale = Int8Rows.QuantiseQuery(memory.AtEnd<float>(query), rounded);
            // A half, and what the division by the scale rounds.
            for (var i = 0; i < width; i++) Assert.Equal(query[i], rounded[i] * scale, 0.51f * scale);
            if (width > 0) Assert.Equal(short.MaxValue, rounded.ToArray().Max(Math.Abs));
        }
    }

    [Fact]
    public void A_query_of_zeros_and_a_denormal_one_give_zeros()
    {
        var rounded = new short[3];
        Assert.Equal(0, Int8Rows.QuantiseQuery(new float[3], rounded));
        Assert.Equal([0, 0, 0], rounded);
        Assert.True(Int8Rows.QuantiseQuery([1e-40f, -1e-42f, 0], rounded) < 1e-40f);
        Assert.Equal([0, 0, 0], rounded);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_query_that_is_not_finite_gives_scores_that_are_NaN(float value)
    {
        var (rounded, scores) = (new short[20], new float[5]);
        var query = new float[20];
        (query[3], query[4]) = (value, 1);
        var scale = Int8Rows.QuantiseQuery(query, rounded);
        Int8Rows.Score(new sbyte[100], new float[5], rounded, scale, scores);
        Assert.All(scores, score => Assert.True(float.IsNaN(score)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void An_index_beyond_the_table_is_refused(string path)
    {
        foreach (var index in new[] { -1, 6, int.MinValue, int.MaxValue })
        {
            foreach (var place in new[] { 0, 4 })
            {
                var indices = new int[5];
                indices[place] = index;
                Assert.ThrowsAny<Exception>(() =>
                    _paths[path].Gathered(new sbyte[6 * 40], new float[6], indices, new short[40], 1, new float[5]));
            }
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Int8Rows.Score(new sbyte[63], new float[2], new short[32], 1, new float[2]));
        Assert.Throws<ArgumentException>(() => Int8Rows.Score(new sbyte[64], new float[2], new short[32], 1, new float[3]));
        Assert.Throws<ArgumentException>(() => Int8Rows.ScoreGathered(new sbyte[64], new float[2], [0], new short[32], 1, new float[2]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (rows, scales, query, scores, indices) = (new sbyte[9 * 40], new float[9], new short[40], new float[9], new int[9]);
        var values = new float[40];
        Allocation.AssertNone(() =>
        {
            var scale = Int8Rows.QuantiseQuery(values, query);
            Int8Rows.Score(rows, scales, query, scale, scores);
            Int8Rows.ScoreGathered(rows, scales, indices, query, scale, scores);
        });
    }

    private static void Check(string path, int rows, int width)
    {
        var random = new Random(width * 1000 + rows);
        sbyte[] table = [.. Enumerable.Range(0, rows * width).Select(_ => (sbyte)random.Next(-127, 128))];
        var (scales, query) = (Vectors.Draw(random, rows), new short[width]);
        var scale = Int8Rows.QuantiseQuery(Vectors.Draw(random, width), query);
        int[] indices = rows == 0 ? [] : [.. Enumerable.Range(0, 7).Select(_ => random.Next(rows))];
        float[] expected =
        [
            .. Enumerable.Range(0, rows)
                .Select(n => Enumerable.Range(0, width).Sum(i => table[n * width + i] * query[i]) * scales[n] * scale),
        ];

        using var memory = new GuardedMemory();
        var scores = memory.AtEnd<float>(new float[rows]);
        _paths[path].Score(memory.AtEnd<sbyte>(table), memory.AtEnd<float>(scales), memory.AtEnd<short>(query), scale, scores);
        Assert.Equal(expected, scores);
        _paths[path].Score(memory.AtStart<sbyte>(table), memory.AtStart<float>(scales), memory.AtStart<short>(query), scale, scores);
        Assert.Equal(expected, scores);

        var gathered = memory.AtEnd<float>(new float[indices.Length]);
        _paths[path].Gathered(
            memory.AtEnd<sbyte>(table), memory.AtEnd<float>(scales), memory.AtEnd<int>(indices), memory.AtEnd<short>(query), scale,
            gathered);
        Assert.Equal(indices.Select(i => expected[i]), gathered.ToArray());
    }
}
