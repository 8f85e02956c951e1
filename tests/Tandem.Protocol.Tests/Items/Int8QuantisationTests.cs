using CsCheck;
using Tandem.Protocol.Items;

namespace Tandem.Protocol.Tests.Items;

public class Int8QuantisationTests
{
    // Rows of one magnitude each, from the subnormal to the greatest, with zeros among them.
    private static readonly Gen<float[]> _rows =
        from exponent in Gen.Int[-149, 127]
        from values in Gen.Frequency((1, Gen.Const(0f)), (6, Gen.Float[-1.99f, 1.99f])).Array[0, 40]
        select values.Select(value => value * MathF.ScaleB(1, exponent)).ToArray();

    [Fact]
    public void No_element_moves_by_more_than_half_a_scale() =>
        _rows.Sample(
            row =>
            {
                var (codes, scale) = Quantise(row);
                var back = Dequantise(codes, scale);
                for (var i = 0; i < row.Length; i++)
                {
                    // Quotient and product are rounded to 2⁻²⁴ of at most 127 scales each.
                    var error = Math.Abs((double)row[i] - back[i]);
                    Assert.True(error <= scale * (0.5 + 2 * 127 * Math.Pow(2, -24)), $"{row[i]} became {back[i]}, scale {scale}");
                }
            },
            iter: 20_000);

    [Fact]
    public void Codes_stay_within_127_and_the_greatest_element_reaches_it() =>
        _rows.Sample(
            row =>
            {
                var (codes, scale) = Quantise(row);
                Assert.DoesNotContain(sbyte.MinValue, codes);
                Assert.InRange(scale, 0, Int8Quantisation.GreatestScale);
                Assert.Equal(row.Any(value => value != 0), scale > 0);
                if (row.Any(float.IsNormal) && float.IsNormal(scale)) Assert.Equal(127, codes.Max(code => Math.Abs((int)code)));
            },
            iter: 20_000);

    [Fact]
    public void A_row_that_was_quantised_comes_back_as_it_was_the_second_time() =>
        Gen.Select(Gen.SByte[-127, 127].Array[1, 40], Gen.Float[1e-20f, 1e20f]).Sample(
            (codes, scale) =>
            {
                codes[0] = 127;
                Assert.Equal(codes, Quantise(Dequantise(codes, scale)).Codes);
            },
            iter: 5_000);

    [Fact]
    public void A_row_of_zeros_has_scale_zero()
    {
        var (codes, scale) = Quantise([0, -0f, 0]);
        Assert.Equal(0, scale);
        Assert.Equal([0, 0, 0], codes);
        Assert.Equal([0, 0, 0], Dequantise([5, -3, 127], 0));
    }

    [Fact]
    public void Codes_written_before_do_not_show_through_a_row_of_zeros()
    {
        sbyte[] codes = [9, 9];
        Assert.Equal(0, Int8Quantisation.Quantise([0, 0], codes));
        Assert.Equal([0, 0], codes);
    }

    [Fact]
    public void Known_rows_have_known_codes()
    {
        AssertQuantised([63.5f, -63.5f, 0, 32], [127, -127, 0, 64], 0.5f);
        AssertQuantised([-127], [-127], 1);
        AssertQuantised([float.Epsilon, -float.Epsilon], [1, -1], float.Epsilon);
    }

    [Fact]
    public void The_greatest_floats_come_back_finite()
    {
        var (codes, scale) = Quantise([float.MaxValue, -float.MaxValue, 1]);
        Assert.Equal([127, -127, 0], codes);
        Assert.All(Dequantise(codes, scale), value => Assert.True(float.IsFinite(value)));
        Assert.Equal(Int8Quantisation.GreatestScale, scale);
        Assert.False(float.IsFinite(MathF.BitIncrement(scale) * 127));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_refused_by_place(float value)
    {
        var e = Assert.Throws<ArgumentException>(() => Quantise([1, value]));
        Assert.Contains("at place 1 is not finite", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Spans_of_different_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Int8Quantisation.Quantise([1, 2], new sbyte[3]));
        Assert.Throws<ArgumentException>(() => Int8Quantisation.Dequantise([1, 2], 1, new float[1]));
    }

    private static void AssertQuantised(float[] row, sbyte[] expected, float expectedScale)
    {
        var (codes, scale) = Quantise(row);
        Assert.Equal(expected, codes);
        Assert.Equal(expectedScale, scale);
    }

    private static (sbyte[] Codes, float Scale) Quantise(float[] row)
    {
        var codes = new sbyte[row.Length];
        var scale = Int8Quantisation.Quantise(row, codes);
        return (codes, scale);
    }

    private static float[] Dequantise(sbyte[] codes, float scale)
    {
        var row = new float[codes.Length];
        Int8Quantisation.Dequantise(codes, scale, row);
        return row;
    }
}
