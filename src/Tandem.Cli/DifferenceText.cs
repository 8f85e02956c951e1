using System.Globalization;
using Tandem.Data.Metrics;

namespace Tandem.Cli;

/// <summary>Differences as the terminal shows them.</summary>
internal static class DifferenceText
{
    /// <summary>Mean and 95 % interval, such as <c>+0.0032 (+0.0021 … +0.0043)</c>.</summary>
    public static string Of(PairedDifference d) => string.Create(
        CultureInfo.InvariantCulture,
        $"{d.Mean:+0.0000;-0.0000;0.0000} ({d.Lower:+0.0000;-0.0000;0.0000} … {d.Upper:+0.0000;-0.0000;0.0000})");
}
