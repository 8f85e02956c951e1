namespace Tandem.Parity.Tests.Onnx;

internal static class Ids
{
    /// <summary>Item ids 1 … V, repeats among them.</summary>
    public static long[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(1, OnnxPair.Items + 1))];
    }
}
