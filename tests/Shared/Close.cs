namespace Tandem.Tests;

/// <summary>Float32 results against an expectation, on any processor.</summary>
/// <remarks>
/// A float32 has 24 bits, and every sum is rounded to them at each addition. In which order a sum is made is the processor's matter:
/// vectors of four, eight or sixteen lanes, products with or without a rounding between, blocks that fit its caches. So two right answers
/// differ in proportion to the terms that they are made of, and an absolute tolerance that holds for scores near 1 on one
/// processor fails for scores near 5 on another. A tolerance here is a share of the largest value of the row, for its terms
/// cancelled in the smaller ones, and of 1 where all are smaller. 0 asks for the same bits.
/// </remarks>
internal static class Close
{
    /// <summary>Some 80 roundings in a row, or the 7,000 of a random walk.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>Asserts that a row equals what was expected, within a share of its largest value.</summary>
    public static void Row(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance = Tolerance)
    {
        var wide = new double[expected.Length];
        for (var i = 0; i < wide.Length; i++) wide[i] = expected[i];
        Row(wide, actual, tolerance);
    }

    /// <inheritdoc cref="Row(ReadOnlySpan{float}, ReadOnlySpan{float}, double)"/>
    public static void Row(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance = Tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = 1.0;
        foreach (var value in expected) largest = double.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance * largest) && !expected[i].Equals(actual[i]))
                Assert.Fail($"place {i} of {expected.Length}: {actual[i]}, expected {expected[i]} within {tolerance * largest:0.0e-0}");
        }
    }

    /// <summary>Asserts that a number equals what was expected, within a share of it.</summary>
    public static void Number(double expected, double actual, double tolerance = Tolerance) =>
        Assert.Equal(expected, actual, tolerance * Math.Max(1, Math.Abs(expected)));
}
