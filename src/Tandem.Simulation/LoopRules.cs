using Tandem.Device.Collaboration;
using Tandem.Protocol.Collaboration;

namespace Tandem.Simulation;

/// <summary>What was fitted on validation views, for the test and for the bundle.</summary>
public sealed record LoopRules
{
    /// <summary>Joins scores at every age of the list.</summary>
    public required IFusionRule Fusion { get; init; }

    /// <summary>Of the learned fusion; null for another.</summary>
    public CollaborationRules? Shipped { get; init; }

    /// <summary>The constant shares of another fusion, for lists that lag and for fresh ones; empty for the learned one.</summary>
    public IReadOnlyList<ChosenFusion> Constant { get; init; } = [];

    /// <summary>The expected gain of validation views; empty where it was not fitted.</summary>
    public IReadOnlyList<double> ExpectedGains { get; init; } = [];

    /// <summary>The real gain of the same views.</summary>
    public IReadOnlyList<double> Gains { get; init; } = [];

    /// <summary>Inconsistency of the lagging lists of validation views.</summary>
    public IReadOnlyList<double> Inconsistencies { get; init; } = [];
}
