namespace Tandem.Bench;

/// <summary>The same random input in every run.</summary>
internal static class Draw
{
    /// <summary>Values in [−1, 1).</summary>
    public static float[] Floats(int length, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2 - 1)];
    }
}
