namespace Tandem.Device.Tests.Kernels;

/// <summary>Random input for kernels, and the distance between two outputs.</summary>
internal static class Vectors
{
    /// <summary>Every length that the kernels are checked at: below, at and above each vector width.</summary>
    public static IEnumerable<int> Lengths => Enumerable.Range(1, 257);

    /// <summary>As <see cref="Lengths"/>, and nothing at all.</summary>
    public static IEnumerable<int> LengthsFromZero => Enumerable.Range(0, 258);

    /// <summary>Values in [−1, 1).</summary>
    public static float[] Draw(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2 - 1)];
}
