namespace Tandem.Data;

/// <summary>Normal numbers from a source of uniform ones.</summary>
public static class NormalNumbers
{
    /// <summary>A number of mean 0 and deviation 1, by Box and Muller's transform (1958); it takes two uniform ones.</summary>
    /// <param name="random">Named by a seed: <see cref="NamedSeed"/>.</param>
    public static double NextNormal(this Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
