namespace Tandem.Protocol.Collaboration;

/// <summary>How both sides' scores join by a fixed share, as a message can say it; what was fitted is a list of <see
/// cref="FusionWeights"/>.
/// </summary>
public sealed record FusionRule
{
    /// <summary>Which rule.</summary>
    public required FusionRuleKind Kind { get; init; }

    /// <summary>α in [0, 1]: 1 keeps the cloud's order, 0 the device's.</summary>
    public required double CloudShare { get; init; }

    /// <summary>Every fault, empty where it can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Enum.IsDefined(Kind)) yield return $"fusion.kind is {Kind}, which is none that is known";
        if (CloudShare is not (>= 0 and <= 1)) yield return $"fusion.cloudShare is {CloudShare}, expected 0 to 1";
    }
}
