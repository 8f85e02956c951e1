using System.Runtime.Intrinsics;
using Tandem.Device.Kernels;

namespace Tandem.Device.Tests.Kernels;

/// <summary>What this process dispatches to: <see cref="ProcessorLevelTests"/> runs it again with widths switched off.</summary>
public class DispatchTests
{
    private static readonly int[] _lengths = [1, 3, 4, 7, 8, 13, 16, 31, 32, 50, 64, 70, 200];

    [Fact]
    public void A_width_that_is_switched_off_is_not_dispatched_to()
    {
        if (IsOff("EnableAVX512")) Assert.False(Vector512.IsHardwareAccelerated);
        if (IsOff("EnableAVX2")) Assert.False(Vector256.IsHardwareAccelerated);
        if (IsOff("EnableHWIntrinsic")) Assert.False(Vector128.IsHardwareAccelerated);
    }

    [Fact]
    public void Products_equal_their_oracles()
    {
        foreach (var n in _lengths)
        {
            var (x, W, b) = (Draw(3 * n, 1), Draw(9 * n, 2), Draw(9, 3));
            AssertSame(y => MatrixVector.Multiply(W, b, x.AsSpan(0, n), y), y => MatrixVector.Scalar(W, b, x.AsSpan(0, n), y, false), 9);
            AssertSame(y => MatrixProduct.TimesTransposed(x, W, b, y), y => MatrixProduct.Scalar(x, W, b, y, false), 27);
            var dy = Draw(27, 4);
            AssertSame(y => MatrixProduct.Times(dy, W, y), y => MatrixProduct.TimesScalar(dy, W, y, false), 3 * n);
            AssertSame(y => MatrixProduct.AddOuter(dy, x, y), y => MatrixProduct.AddOuterScalar(dy, x, y), 9 * n);
            AssertSame(y => Attention.Score(b, W, n, 9, [], y), y => Attention.ScoreScalar(b, W, n, 9, [], y), n);
            AssertSame(y => Attention.Mix(b, W, 9, n, y), y => Attention.MixScalar(b, W, 9, n, y), n);
        }
    }

    [Fact]
    public void Norms_and_activations_equal_their_oracles()
    {
        foreach (var n in _lengths)
        {
            var (x, gates) = (Draw(n, 1), Draw(3 * n, 2));
            AssertSame(y => LayerNorm.Normalize(x, [], [], y, 1e-2f), y => LayerNorm.Scalar(x, [], [], y, 1e-2f), n);
            AssertSame(y => RmsNorm.Normalize(x, [], y), y => RmsNorm.Scalar(x, [], y, 1e-6f), n);
            AssertSame(y => Softmax.Apply(x, y), y => Softmax.Scalar(x, y, 1), n);
            AssertSame(y => Activations.Silu(x, y), y => Elementwise.Scalar(default(Activations.SiluFunction), x, y), n);
            AssertSame(y => Activations.Gelu(x, y), y => Elementwise.Scalar(default(Activations.GeluFunction), x, y), n);
            AssertSame(y => GruCell.Step(gates, gates, y), y => GruCell.Scalar(gates, gates, y), n);
        }
    }

    [Fact]
    public void Stored_rows_equal_their_oracles()
    {
        foreach (var n in _lengths)
        {
            Half[] fp16 = [.. Draw(n, 1).Select(v => (Half)v)];
            sbyte[] rows = [.. Draw(9 * n, 2).Select(v => (sbyte)(v * 127))];
            var (scales, query) = (Draw(9, 3), new short[n]);
            var scale = Int8Rows.QuantiseQuery(Draw(n, 4), query);
            AssertSame(y => EmbeddingRows.Gather(fp16, [0], 8, [], y), y => EmbeddingRows.Scalar<Half, HalfFormat>(fp16, 8, [], y), n);

            var (scores, expected) = (new float[9], new float[9]);
            Int8Rows.Score(rows, scales, query, scale, scores);
            Int8Rows.Scalar(rows, scales, query, scale, expected);
            Assert.Equal(expected, scores);
        }
    }

    private delegate void Fill(Span<float> destination);

    private static void AssertSame(Fill kernel, Fill oracle, int length)
    {
        var (expected, actual) = (new float[length], new float[length]);
        oracle(expected);
        kernel(actual);
        // The orders of the sums differ: 200 terms of at most 1, and no more than 10 where a norm has divided.
        Vectors.AssertClose([.. expected.Select(v => (double)v)], actual, tolerance: 2e-5);
    }

    private static float[] Draw(int length, int seed) => Vectors.Draw(new Random(seed), length);

    private static bool IsOff(string name) => Environment.GetEnvironmentVariable("DOTNET_" + name) == "0";
}
