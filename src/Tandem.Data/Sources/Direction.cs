namespace Tandem.Data.Sources;

/// <summary>Vectors of unit length.</summary>
internal static class Direction
{
    public static double[] Draw(int dimensions, Random random) =>
        Normalise([.. Enumerable.Range(0, dimensions).Select(_ => random.NextNormal())]);

    /// <summary>The direction of <c>(1 - share) × a + share × b</c>.</summary>
    public static double[] Mix(double[] a, double[] b, double share) =>
        Normalise([.. a.Zip(b, (x, y) => (1 - share) * x + share * y)]);

    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static double[] Normalise(double[] vector)
    {
        // Opposite vectors of one dimension mix to zero, which has no direction and stays.
        var length = Math.Sqrt(Dot(vector, vector));
        return length > 0 ? Array.ConvertAll(vector, x => x / length) : vector;
    }
}
