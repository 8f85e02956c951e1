using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class Fp16RowsTests
{
    private delegate void Kernel(ReadOnlySpan<Half> rows, ReadOnlySpan<float> query, Span<float> scores);

    private delegate void GatheredKernel(ReadOnlySpan<Half> rows, ReadOnlySpan<int> indices, ReadOnlySpan<float> query, Span<float> scores);

    private sealed record KernelPath(Kernel Raised, Kernel Widened, GatheredKernel RaisedGathered, GatheredKernel WidenedGathered);

    private static readonly Dictionary<string, KernelPath> _paths = new()
    {
        ["dispatched"] = new(
            (rows, query, scores) => Fp16Rows.Score(rows, query, true, scores),
            (rows, query, scores) => Fp16Rows.Score(rows, query, false, scores),
            (rows, indices, query, scores) => Fp16Rows.ScoreGathered(rows, indices, query, true, scores),
            (rows, indices, query, scores) => Fp16Rows.ScoreGathered(rows, indices, query, false, scores)),
        ["scalar"] = new(
            Fp16Rows.Scalar<LoweredHalfFormat>,
            Fp16Rows.Scalar<HalfFormat>,
            Fp16Rows.ScalarGathered<LoweredHalfFormat>,
            Fp16Rows.ScalarGathered<HalfFormat>),
        ["128"] = OfWidth<Lanes128>(),
        ["256"] = OfWidth<Lanes256>(),
        ["512"] = OfWidth<Lanes512>(),
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Scores_are_the_sums_in_double_precision_at_every_length(string path)
    {
        foreach (var width in Vectors.LengthsFromZero) Check(_paths[path], rows: width % 9, width);
        foreach (var rows in Vectors.LengthsFromZero) Check(_paths[path], rows, width: 40);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_finite_number_keeps_its_value(string path)
    {
        Half[] all = [.. Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).Where(Half.IsFinite)];
        const int Width = 16;
        Assert.Equal(0, all.Length % Width);
        for (var place = 0; place < Width; place++)
        {
            // One number of each row, and every other of them times 0.
            var (query, raised, scores) = (new float[Width], new float[Width], new float[all.Length / Width]);
            query[place] = 1;
            Assert.True(Fp16Rows.TryRaise(query, raised));
            var expected = Enumerable.Range(0, scores.Length).Select(n => (float)all[n * Width + place]);
            _paths[path].Raised(all, raised, scores);
            Assert.Equal(expected, scores);
            _paths[path].Widened(all, query, scores);
            Assert.Equal(expected, scores);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_raised_query_gives_the_same_bits_as_widened_rows(string path)
    {
        var random = new Random(3);
        foreach (var size in new[] { 1e-42f, 1e-20f, 1e-3f, 1f, 65_000f })
        {
            foreach (var width in new[] { 3, 8, 16, 50, 64, 200 })
            {
                Half[] rows = [.. Vectors.Draw(random, 9 * width).Select(v => (Half)(v * v * v))];
                var (query, raised) = (Vectors.Draw(random, width), new float[width]);
                for (var i = 0; i < width; i++) query[i] *= size;
                Assert.True(Fp16Rows.TryRaise(query, raised));
                var (scores, expected) = (new float[9], new float[9]);
                _paths[path].Raised(rows, raised, scores);
                _paths[path].Widened(rows, query, expected);
                Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), scores.Select(BitConverter.SingleToInt32Bits));
            }
        }
    }

    [Theory]
    [InlineData(65_536f)]
    [InlineData(-70_000f)]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_query_that_would_overflow_is_not_raised(float value) => Assert.False(Fp16Rows.TryRaise([1, value, 2], new float[3]));

    [Theory]
    [MemberData(nameof(Paths))]
    public void An_index_beyond_the_table_is_refused(string path)
    {
        foreach (var index in new[] { -1, 6, int.MinValue, int.MaxValue })
        {
            foreach (var place in new[] { 0, 3, 4 })
            {
                var indices = new int[5];
                indices[place] = index;
                Assert.ThrowsAny<ArgumentException>(
                    () => _paths[path].RaisedGathered(new Half[6 * 40], indices, new float[40], new float[5]));
            }
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Fp16Rows.Score(new Half[63], new float[32], true, new float[2]));
        Assert.Throws<ArgumentException>(() => Fp16Rows.Score(new Half[64], new float[32], true, new float[3]));
        Assert.Throws<ArgumentException>(() => Fp16Rows.ScoreGathered(new Half[64], [0], new float[32], true, new float[2]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (rows, query, raised, scores, indices) = (new Half[9 * 40], new float[40], new float[40], new float[9], new int[9]);
        Allocation.AssertNone(() =>
        {
            var isRaised = Fp16Rows.TryRaise(query, raised);
            Fp16Rows.Score(rows, raised, isRaised, scores);
            Fp16Rows.ScoreGathered(rows, indices, raised, isRaised, scores);
        });
    }

    private static KernelPath OfWidth<TLanes>() where TLanes : struct, ILanes<TLanes> => new(
        Fp16Rows.Run<TLanes, LoweredHalfFormat>,
        Fp16Rows.Run<TLanes, HalfFormat>,
        Fp16Rows.RunGathered<TLanes, LoweredHalfFormat>,
        Fp16Rows.RunGathered<TLanes, HalfFormat>);

    private static void Check(KernelPath path, int rows, int width)
    {
        var random = new Random(width * 1000 + rows);
        Half[] table = [.. Vectors.Draw(random, rows * width).Select(v => (Half)v)];
        var (query, raised) = (Vectors.Draw(random, width), new float[width]);
        Assert.Equal(width > 0, Fp16Rows.TryRaise(query, raised));
        int[] indices = rows == 0 ? [] : [.. Enumerable.Range(0, 7).Select(_ => random.Next(rows))];
        double[] expected = [.. Enumerable.Range(0,
            rows).Select(n => Enumerable.Range(0, width).Sum(i => (double)table[n * width + i] * query[i]))];
        foreach (var (kernel, gatheredKernel, x) in new[] { (path.Raised, path.RaisedGathered, raised),
            (path.Widened, path.WidenedGathered, query) })
        {
            using var memory = new GuardedMemory();
            var (scores, atStart) = (new float[rows], new float[rows]);
            var y = memory.AtEnd<float>(scores);
            kernel(memory.AtEnd<Half>(table), memory.AtEnd<float>(x), y);
            // 257 terms of at most 1, each rounded to 2⁻²⁴ of the running sum.
            Close.Row(expected, y, tolerance: 2e-5);
            kernel(memory.AtStart<Half>(table), memory.AtStart<float>(x), atStart);
            Assert.Equal(y.ToArray(), atStart);

            var gathered = memory.AtEnd<float>(new float[indices.Length]);
            gatheredKernel(memory.AtEnd<Half>(table), memory.AtEnd<int>(indices), memory.AtEnd<float>(x), gathered);
            Assert.Equal(indices.Select(i => atStart[i]), gathered.ToArray());
        }
    }
}
