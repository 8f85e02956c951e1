namespace Tandem.Device.Kernels;

/// <summary>T, I and O of a linear layer over T rows, which follow from the sizes of x, W and y.</summary>
internal readonly record struct ProductShape(int Steps, int Inputs, int Outputs)
{
    /// <param name="x">T · I.</param>
    /// <param name="weights">O · I.</param>
    /// <param name="y">T · O.</param>
    /// <exception cref="ArgumentException">No T, I and O give these three sizes.</exception>
    public static ProductShape Of(int x, int weights, int y)
    {
        if (x == 0 && y == 0) return default;
        // x · y / W = T²; the root of a square below 2⁵³ is exact.
        var steps = weights == 0 ? 0 : (int)Math.Sqrt((double)x * y / weights);
        if (steps != 0 && x % steps == 0 && y % steps == 0 && (long)(x / steps) * (y / steps) == weights)
            return new(steps, x / steps, y / steps);
        throw new ArgumentException($"sizes {x}, {weights} and {y} are not those of [T × I], [O × I] and [T × O]");
    }
}
