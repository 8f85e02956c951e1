using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class LinearMemoryTests
{
    private delegate void ReadKernel(
        ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> memory, int headWidth, Span<float> z, Span<float> y);

    private delegate void WriteKernel(
        ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> gradient, float tau, Span<float> sums, int headWidth,
            Span<float> y);

    private static readonly Dictionary<string, (ReadKernel Read, WriteKernel Write)> _paths = new()
    {
        ["dispatched"] = (LinearMemory.Read, LinearMemory.Write),
        ["scalar"] = (LinearMemory.ReadScalar, LinearMemory.WriteScalar),
        ["128"] = (LinearMemory.Read<Lanes128>, LinearMemory.Write<Lanes128>),
        ["256"] = (LinearMemory.Read<Lanes256>, LinearMemory.Write<Lanes256>),
        ["512"] = (LinearMemory.Read<Lanes512>, LinearMemory.Write<Lanes512>),
    };

    /// <summary>Heads that are and that are not whole vectors, in numbers that are and that are not multiples of four.</summary>
    private static readonly (int Heads, int F)[] _shapes =
    [
        .. from F in (int[])[2, 3, 4, 6, 8, 12, 16, 20, 32, 48, 64, 80] from heads in (int[])[1, 2, 3, 4, 5, 9] select (heads, F),
    ];

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Key_and_query_read_what_the_memory_answers(string path)
    {
        foreach (var (heads, F) in _shapes)
        {
            var (k, q, memory) = Draw(heads, F);
            double[] z = [.. Product(k, memory, heads, F)], y = [.. Product(q, memory, heads, F)];
            using var guarded = new GuardedMemory();
            var zs = guarded.AtEnd<float>(k);
            var ys = guarded.AtEnd<float>(q);
            _paths[path].Read(guarded.AtEnd<float>(k), guarded.AtEnd<float>(q), guarded.AtEnd<float>(memory), F, zs, ys);
            // 80 terms of at most 1.
            Close.Row(z, zs, tolerance: 1e-5);
            Close.Row(y, ys, tolerance: 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void An_event_adds_its_outer_product_and_its_query_reads_the_sums_with_it(string path)
    {
        foreach (var (heads, F) in _shapes)
        {
            var (k, q, sums) = Draw(heads, F);
            var (g, y) = (Vectors.Draw(new Random(F), heads * F), Vectors.Draw(new Random(F + 1), heads * F));
            var after = sums.Select(v => (double)v).ToArray();
            for (var h = 0; h < heads; h++)
            {
                for (var o = 0; o < F; o++)
                {
                    for (var f = 0; f < F; f++) after[h * F * (F + 1) + f * F + o] += (double)k[h * F + f] * g[h * F + o];
                    after[h * F * (F + 1) + F * F + o] += g[h * F + o];
                }
            }

            double[] read = [.. Product(q, [.. after.Select(v => (float)v)], heads, F).Zip(y, (r, before) => before - 0.3f * r)];
            using var guarded = new GuardedMemory();
            var actual = guarded.AtEnd<float>(sums);
            var ys = guarded.AtEnd<float>(y);
            _paths[path].Write(guarded.AtEnd<float>(k), guarded.AtEnd<float>(q), guarded.AtEnd<float>(g), 0.3f, actual, F, ys);
            Close.Row(after, actual, tolerance: 3e-7);
            Close.Row(read, ys, tolerance: 2e-5);
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        var row = new float[32];
        Assert.Throws<ArgumentException>(() => LinearMemory.Read(row, row, new float[2 * 16 * 17 - 1], 16, row, row));
        Assert.Throws<ArgumentException>(() => LinearMemory.Read(row, new float[31], new float[2 * 16 * 17], 16, row, row));
        Assert.Throws<ArgumentException>(() => LinearMemory.Write(row, row, row, 1, new float[2 * 16 * 17], 16, new float[33]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (row, memory) = (new float[80], new float[5 * 16 * 17]);
        Allocation.AssertNone(() =>
        {
            LinearMemory.Read(row, row, memory, 16, row, row);
            LinearMemory.Write(row, row, row, 1, memory, 16, row);
        });
    }

    private static (float[] K, float[] Q, float[] Memory) Draw(int heads, int F)
    {
        var random = new Random(heads * 100 + F);
        return (Vectors.Draw(random, heads * F), Vectors.Draw(random, heads * F), Vectors.Draw(random, heads * F * (F + 1)));
    }

    /// <summary>x W + b of each head.</summary>
    private static IEnumerable<double> Product(float[] x, float[] memory, int heads, int F)
    {
        for (var h = 0; h < heads; h++)
        {
            var head = memory.AsMemory(h * F * (F + 1), F * (F + 1));
            for (var o = 0; o < F; o++)
            {
                var sum = (double)head.Span[F * F + o];
                for (var f = 0; f < F; f++) sum += (double)x[h * F + f] * head.Span[f * F + o];
                yield return sum;
            }
        }
    }
}
