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

    /// <summary>
    /// Most events that are kept, at 15 bytes each; the model's window, or the number of events that its counts of successors read, where
    /// that is greater. Default 1,000. Of older events only the set of items is kept, and their effect on the state of a model that is never reset
    /// (TTT).
    /// </summary>
    public int HistoryLimit { get; init; } = 1_000;

    /// <summary>
    /// Rows of items kept where the model holds no table, at D + 36 bytes each. Default 4,096. A list with more items than that is refused.
    /// </summary>
    public int ItemLimit { get; init; } = 4_096;

    /// <summary>Tells the time of an event that is observed without one. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
