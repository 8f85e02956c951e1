using Tandem.Device.Collaboration;

namespace Tandem.Device;

/// <summary>Rules by which a <see cref="DeviceSession"/> works.</summary>
public sealed record DeviceSessionOptions
{
    /// <summary>How cloud and device scores are joined. Default: log-linear with equal shares; tune the share on validation users.</summary>
    public IFusionRule Fusion { get; init; } = new LogLinearFusion(0.5);

    /// <summary>When to ask for a new list. Default: never, which costs nothing.</summary>
    public IRequestPolicy Policy { get; init; } = new NeverAsk();

    /// <summary>K, items on a requested list. Default 50 (LSC4Rec's program).</summary>
    public int ListLength { get; init; } = 50;

    /// <summary>True to leave out items already consumed. Default true; false where people return to items.</summary>
    public bool ExcludeConsumed { get; init; } = true;
}
