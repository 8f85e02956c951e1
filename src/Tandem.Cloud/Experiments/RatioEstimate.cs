namespace Tandem.Cloud.Experiments;

/// <summary>
/// A mean or a ratio over devices, Σ w·y / Σ w·n with w = 1 / propensity (the estimator of Hájek, 1971), and its variance by
/// linearisation over devices (the delta method), so that the events of one device may depend on each other in any way.
/// </summary>
/// <param name="Value">The ratio; 0 where nothing was counted.</param>
/// <param name="Variance">Of the value.</param>
internal readonly record struct RatioEstimate(double Value, double Variance)
{
    private const double Quantile = 1.959963984540054; // of the normal distribution at .975

    /// <summary>Half of the 95 % interval.</summary>
    public double Margin => Quantile * Math.Sqrt(Variance);

    /// <param name="devices">Of each device: Σ w·y and Σ w·n.</param>
    public static RatioEstimate Of(IReadOnlyCollection<(double Y, double N)> devices)
    {
        var n = devices.Sum(device => device.N);
        if (n == 0) return default;
        var value = devices.Sum(device => device.Y) / n;
        if (devices.Count < 2) return new(value, 0);
        var squares = devices.Sum(device => Math.Pow(device.Y - value * device.N, 2));
        return new(value, squares * devices.Count / (devices.Count - 1) / (n * n));
    }

    /// <summary>This less another of other devices.</summary>
    public RatioEstimate Less(RatioEstimate other) => new(Value - other.Value, Variance + other.Variance);
}
