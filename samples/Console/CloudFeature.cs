using System.Diagnostics.CodeAnalysis;

namespace Tandem.Samples;

/// <summary>
/// Whether this program can ask a cloud: HTTP and TLS more than double it, so they are in where <c>-p:Cloud=true</c> says so.
/// </summary>
internal static class CloudFeature
{
    [FeatureSwitchDefinition("Tandem.Samples.Cloud")]
    public static bool IsIn => AppContext.TryGetSwitch("Tandem.Samples.Cloud", out var isIn) && isIn;
}
