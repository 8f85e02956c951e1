namespace Tandem.Parity.Tests.Onnx;

internal static class Close
{
    /// <summary>Float32 in two orders of summation, through exponentials of two libraries.</summary>
    private const float Tolerance = 1e-4f;

    public static void Assert(float[] expected, float[] actual)
    {
        Xunit.Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Xunit.Assert.Equal(expected[i], actual[i], Tolerance);
    }
}
