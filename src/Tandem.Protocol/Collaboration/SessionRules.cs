namespace Tandem.Protocol.Collaboration;

/// <summary>How a device is to work with the cloud, in the place of what its bundle says.</summary>
public sealed record SessionRules
{
    /// <summary>When to ask; null, the default, for what <see cref="Collaboration"/> or the bundle says.</summary>
    public RequestRule? Request { get; init; }

    /// <summary>How scores join; null, the default, for what <see cref="Collaboration"/> or the bundle says.</summary>
    public FusionRule? Fusion { get; init; }

    /// <summary>
    /// Own candidates, fitted fusion, and where it is there a fitted rule for asking; null, the default, for the bundle's.
    /// </summary>
    public CollaborationRules? Collaboration { get; init; }

    /// <summary>Every fault, empty where they can be used.</summary>
    public IReadOnlyList<string> Validate() =>
    [
        .. Request?.Validate() ?? [],
        .. Fusion?.Validate() ?? [],
        .. (Collaboration?.Validate() ?? []).Select(fault => $"collaboration: {fault}"),
    ];
}
