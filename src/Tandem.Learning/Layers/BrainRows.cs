using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>
/// x Wᵀ of a few rows x and weights kept in BF16, which are widened in registers on their way: the time of such a product is
/// that of reading W, and no copy of it is written. BF16 is the upper half of float32, so widening is a shift and exact.
/// </summary>
internal static class BrainRows
{
    /// <summary>Rows of x up to which this is faster than a widened copy and a product of matrices.</summary>
    private const int MostRows = 4;

    private const int ChunkRows = 64; // of W, for a thread at a time

    /// <summary>Whether the kernel takes these operands.</summary>
    /// <param name="x">[..., I].</param>
    /// <param name="weight">[O, I].</param>
    public static bool Take(Tensor x, Tensor weight) =>
        weight.dtype == ScalarType.BFloat16 && weight.device_type == TorchSharp.DeviceType.CPU && weight.is_contiguous()
            && x.dtype is ScalarType.Float32 or ScalarType.BFloat16 && x.device_type == TorchSharp.DeviceType.CPU
            && x.numel() <= MostRows * weight.shape[1] && weight.numel() <= int.MaxValue / sizeof(ushort);

    /// <summary>The product; records no gradient.</summary>
    /// <param name="x">[..., I].</param>
    /// <param name="weight">[O, I].</param>
    /// <returns>[..., O] float32.</returns>
    public static Tensor Product(Tensor x, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var (O, I) = ((int)weight.shape[0], (int)weight.shape[1]);
        var rows = TypedProduct.InType(x, ScalarType.Float32).contiguous();
        var y = empty([.. x.shape[..^1], O]);
        var chunks = (O + ChunkRows - 1) / ChunkRows;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, get_num_threads()) };
        if (options.MaxDegreeOfParallelism == 1 || chunks == 1)
        {
            for (var chunk = 0; chunk < chunks; chunk++) Fill(chunk);
        }
        else
        {
            Parallel.For(0, chunks, options, Fill);
        }

        return y.MoveToOuterDisposeScope();

        void Fill(int chunk)
        {
            var (from, to) = (chunk * ChunkRows, Math.Min(O, (chunk + 1) * ChunkRows));
            Multiply(
                TensorValues.InPlace<float>(rows), TensorValues.BrainFloats(weight).Slice(from * I, (to - from) * I),
                TensorValues.InPlace<float>(y), I, O, from);
        }
    }

    /// <param name="x">[N, I].</param>
    /// <param name="weight">[K, I] the rows first … first + K − 1 of W.</param>
    /// <param name="y">[N, O], of which the columns first … first + K − 1 are filled.</param>
    /// <param name="inputs">I.</param>
    /// <param name="outputs">O.</param>
    /// <param name="first">The first column.</param>
    private static void Multiply(
        ReadOnlySpan<float> x, ReadOnlySpan<ushort> weight, Span<float> y, int inputs, int outputs, int first)
    {
        for (var k = 0; k < weight.Length / inputs; k++)
        {
            var row = weight.Slice(k * inputs, inputs);
            for (var n = 0; n < x.Length / inputs; n++) y[n * outputs + first + k] = Dot(x.Slice(n * inputs, inputs), row);
        }
    }

    private static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<ushort> row)
    {
        var (even, odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var width = Vector256<ushort>.Count;
        var whole = x.Length - x.Length % width;
        for (var i = 0; i < whole; i += width)
        {
            var (lower, upper) = Vector256.Widen(Vector256.Create(row.Slice(i, width)));
            even = Vector256.FusedMultiplyAdd((lower << 16).AsSingle(), Vector256.Create(x.Slice(i, width / 2)), even);
            odd = Vector256.FusedMultiplyAdd((upper << 16).AsSingle(), Vector256.Create(x.Slice(i + width / 2, width / 2)), odd);
        }

        var sum = Vector256.Sum(even + odd);
        for (var i = whole; i < x.Length; i++) sum += x[i] * BitConverter.UInt32BitsToSingle((uint)row[i] << 16);
        return sum;
    }
}
