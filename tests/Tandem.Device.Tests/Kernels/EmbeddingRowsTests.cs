using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class EmbeddingRowsTests
{
    private const int Rows = 5;

    private delegate void HalfKernel(ReadOnlySpan<Half> row, float factor, ReadOnlySpan<float> addend, Span<float> destination);

    private delegate void Int8Kernel(ReadOnlySpan<sbyte> row, float factor, ReadOnlySpan<float> addend, Span<float> destination);

    private static readonly Dictionary<string, Int8Kernel> _paths = new()
    {
        ["scalar"] = EmbeddingRows.Scalar<sbyte, Int8Format>,
        ["128"] = EmbeddingRows.Run<Lanes128, sbyte, Int8Format>,
        ["256"] = EmbeddingRows.Run<Lanes256, sbyte, Int8Format>,
        ["512"] = EmbeddingRows.Run<Lanes512, sbyte, Int8Format>,
    };

    private static readonly Dictionary<string, HalfKernel> _halfPaths = new()
    {
        ["scalar"] = EmbeddingRows.Scalar<Half, HalfFormat>,
        ["128"] = EmbeddingRows.Run<Lanes128, Half, HalfFormat>,
        ["256"] = EmbeddingRows.Run<Lanes256, Half, HalfFormat>,
        ["512"] = EmbeddingRows.Run<Lanes512, Half, HalfFormat>,
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Fact]
    public void Rows_of_each_format_are_scaled_and_shifted()
    {
        foreach (var width in Vectors.LengthsFromZero)
        {
            var random = new Random(width);
            int[] items = width == 0 ? [] : [.. Enumerable.Range(0, width % 4).Select(_ => random.Next(Rows))];
            var scales = Vectors.Draw(random, Rows);
            sbyte[] int8 = [.. Enumerable.Range(0, Rows * width).Select(_ => (sbyte)random.Next(-127, 128))];
            float[] float32 = [.. int8.Select((v, i) => v * scales[i / width])];
            Half[] fp16 = [.. float32.Select(v => (Half)v)];
            foreach (var addend in new[] { [], Vectors.Draw(random, items.Length * width) })
            {
                using var memory = new GuardedMemory();
                ReadOnlySpan<int> ids = memory.AtEnd<int>(items);
                ReadOnlySpan<float> shift = memory.AtEnd<float>(addend);
                var y = memory.AtEnd<float>(new float[items.Length * width]);
                EmbeddingRows.Gather(memory.AtEnd<float>(float32), ids, 8, shift, y);
                AssertRows(float32, items, width, addend, y);
                EmbeddingRows.Gather(memory.AtEnd<Half>(fp16), ids, 8, shift, y);
                AssertRows([.. fp16.Select(v => (float)v)], items, width, addend, y);
                EmbeddingRows.Gather(memory.AtEnd<sbyte>(int8), scales, ids, 8, shift, y);
                AssertRows(float32, items, width, addend, y);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void An_int8_row_is_widened_at_every_length(string path)
    {
        foreach (var length in Vectors.LengthsFromZero)
        {
            var random = new Random(length);
            sbyte[] row = [.. Enumerable.Range(0, length).Select(_ => (sbyte)random.Next(-128, 128))];
            foreach (var addend in new[] { [], Vectors.Draw(random, length) })
            {
                double[] expected = [.. row.Select((v, i) => v * 0.25 + (addend.Length == 0 ? 0 : addend[i]))];
                using var memory = new GuardedMemory();
                var y = memory.AtEnd<float>(new float[length]);
                _paths[path](memory.AtEnd<sbyte>(row), 0.25f, memory.AtEnd<float>(addend), y);
                // The factor is a power of two: only the addition of numbers up to 32 rounds.
                Close.Row(expected, y, tolerance: 2e-6);
                y.Clear();
                _paths[path](memory.AtStart<sbyte>(row), 0.25f, memory.AtStart<float>(addend), y);
                Close.Row(expected, y, tolerance: 2e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_fp16_number_keeps_its_value(string path)
    {
        Half[] all = [.. Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits))];
        var y = new float[all.Length];
        _halfPaths[path](all, 1, [], y);
        Assert.Equal(all.Select(value => (float)value), y);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void An_fp16_row_is_read_to_its_end_and_no_further(string path)
    {
        foreach (var length in Vectors.LengthsFromZero)
        {
            Half[] row = [.. Vectors.Draw(new Random(length), length).Select(v => (Half)v)];
            using var memory = new GuardedMemory();
            var y = memory.AtEnd<float>(new float[length]);
            _halfPaths[path](memory.AtEnd<Half>(row), 2, [], y);
            Assert.Equal(row.Select(value => 2 * (float)value), y.ToArray());
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(Rows)]
    [InlineData(int.MaxValue)]
    public void An_item_beyond_the_table_is_refused(int item)
    {
        var y = new float[4];
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddingRows.Gather(new float[Rows * 4], [item], 1, [], y));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddingRows.Gather(new Half[Rows * 4], [item], 1, [], y));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddingRows.Gather(new sbyte[Rows * 4], new float[Rows], [item], 1, [], y));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (float32, fp16, int8, scales) = (new float[Rows * 40], new Half[Rows * 40], new sbyte[Rows * 40], new float[Rows]);
        var (items, y) = (new int[2], new float[2 * 40]);
        Allocation.AssertNone(() =>
        {
            EmbeddingRows.Gather(float32, items, 8, [], y);
            EmbeddingRows.Gather(fp16, items, 8, [], y);
            EmbeddingRows.Gather(int8, scales, items, 8, [], y);
        });
    }

    private static void AssertRows(float[] table, int[] items, int width, float[] addend, ReadOnlySpan<float> y)
    {
        double[] expected =
        [
            .. Enumerable.Range(0, y.Length)
                .Select(i => table[items[i / width] * width + i % width] * 8.0 + (addend.Length == 0 ? 0 : addend[i])),
        ];
        // Some roundings of numbers up to 127 · 8.
        Close.Row(expected, y, tolerance: 2e-4);
    }
}
