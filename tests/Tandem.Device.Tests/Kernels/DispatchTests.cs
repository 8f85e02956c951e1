using System.Runtime.Intrinsics;
using Tandem.Device.Kernels;
using Tandem.Tests;

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
            AssertSame(y => Activations.GeluTanh(x, y), y => Elementwise.Scalar(default(Activations.GeluTanhFunction), x, y), n);
            AssertSame(y => Activations.GeluTanhSlope(x, y), y => Elementwise.Scalar(default(Activations.GeluTanhSlopeFunction), x, y), n);
            AssertSame(y => GruCell.Step(gates, gates, y), y => GruCell.Scalar(gates, gates, y), n);
        }
    }

    [Fact]
    public void Heads_of_ttt_equal_their_oracles()
    {
        foreach (var F in new[] { 2, 4, 6, 8, 16, 20, 32, 48 })
        {
            var (k, q, v, gamma, memory) = (Draw(5 * F, 1), Draw(5 * F, 2), Draw(5 * F, 3), Draw(5 * F, 4), Draw(5 * F * (F + 1), 5));
            var (rates, g) = (Draw(5, 6), Draw(5 * F, 7));
            AssertSame(y => Rotate(y, Rotary.Rotate), y => Rotate(y, Rotary.Scalar), 5 * F);
            AssertSame(y => Read(y, LinearMemory.Read), y => Read(y, LinearMemory.ReadScalar), 5 * F);
            AssertSame(y => Write(y, LinearMemory.Write), y => Write(y, LinearMemory.WriteScalar), memory.Length);
            AssertSame(y => HeadNorm.Answer(k, q, new(gamma, v, [], []), F, y),
                y => HeadNorm.AnswerScalar(k, q, new(gamma, v, [], []), F, y), 5 * F);
            AssertSame(y => Slope(y, HeadNorm.Gradient), y => Slope(y, HeadNorm.GradientScalar), 5 * F);

            void Rotate(Span<float> y, RotaryKernel kernel)
            {
                k.CopyTo(y);
                kernel(y, gamma.AsSpan(0, F), v.AsSpan(0, F));
            }

            void Read(Span<float> y, ReadKernel kernel) => kernel(k, q, memory, F, new float[5 * F], y);

            void Write(Span<float> y, WriteKernel kernel)
            {
                memory.CopyTo(y);
                kernel(k, q, g, 0.5f, y, F, new float[5 * F]);
            }

            void Slope(Span<float> y, GradientKernel kernel)
            {
                g.CopyTo(y);
                kernel(y, k, v, new(gamma, q, rates, rates), rates);
            }
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

            Half[] fp16Rows = [.. Draw(9 * n, 5).Select(v => (Half)v)];
            var (values, raised) = (Draw(n, 4), new float[n]);
            Assert.True(Fp16Rows.TryRaise(values, raised));
            AssertSame(y => Fp16Rows.Score(fp16Rows, raised, true, y), y => Fp16Rows.Scalar<HalfFormat>(fp16Rows, values, y), 9);
            AssertSame(y => Fp16Rows.Score(fp16Rows, values, false, y), y => Fp16Rows.Scalar<HalfFormat>(fp16Rows, values, y), 9);

            var (scores, expected) = (new float[9], new float[9]);
            Int8Rows.Score(rows, scales, query, scale, scores);
            Int8Rows.Scalar(rows, scales, query, scale, expected);
            Assert.Equal(expected, scores);
        }
    }

    private delegate void RotaryKernel(Span<float> x, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines);

    private delegate void ReadKernel(
        ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> memory, int headWidth, Span<float> z, Span<float> y);

    private delegate void WriteKernel(
        ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> gradient, float tau, Span<float> sums, int headWidth,
            Span<float> y);

    private delegate void GradientKernel(
        Span<float> z, ReadOnlySpan<float> k, ReadOnlySpan<float> v, HeadNormWeights weights, ReadOnlySpan<float> rates);

    private delegate void Fill(Span<float> destination);

    private static void AssertSame(Fill kernel, Fill oracle, int length)
    {
        var (expected, actual) = (new float[length], new float[length]);
        oracle(expected);
        kernel(actual);
        // The orders of the sums differ: 200 terms of at most 1, and no more than 10 where a norm has divided.
        Close.Row([.. expected.Select(v => (double)v)], actual, tolerance: 2e-5);
    }

    private static float[] Draw(int length, int seed) => Vectors.Draw(new Random(seed), length);

    private static bool IsOff(string name) => Environment.GetEnvironmentVariable("DOTNET_" + name) == "0";
}
