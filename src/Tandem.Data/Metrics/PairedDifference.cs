namespace Tandem.Data.Metrics;

/// <summary>How much one method's per-user metric exceeds another's.</summary>
/// <param name="Mean">Mean over users of first minus second.</param>
/// <param name="Lower">Lower end of the 95 % interval.</param>
/// <param name="Upper">Upper end of the 95 % interval.</param>
/// <param name="Resamples">Number of resamples behind the interval.</param>
public readonly record struct PairedDifference(double Mean, double Lower, double Upper, int Resamples)
{
    /// <summary>True when the interval excludes 0.</summary>
    public bool IsSignificant => Lower > 0 || Upper < 0;
}
