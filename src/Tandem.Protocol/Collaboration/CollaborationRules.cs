namespace Tandem.Protocol.Collaboration;

/// <summary>
/// How a device works with a cloud: what it ranks beside the cloud's list, how both sides' scores join, and when a new list is worth a
/// call. Fitted on validation events for one device model and one cloud, and shipped in the bundle.
/// </summary>
public sealed record CollaborationRules
{
    /// <summary>Most items that a device adds to a list.</summary>
    public const int MostOwn = 1_000;

    /// <summary>M: the device's own best items that are ranked with the list's, 0 to 1,000.</summary>
    public required int OwnCandidates { get; init; }

    /// <summary>
    /// How scores join, for rising ages of the list from 0 on; between two of them in proportion, beyond the last as there.
    /// </summary>
    public required IReadOnlyList<FusionWeights> Fusion { get; init; }

    /// <summary>When to ask; null where it was not fitted.</summary>
    public GainWeights? Request { get; init; }

    /// <summary>Every fault, empty where they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (OwnCandidates is < 0 or > MostOwn) faults.Add($"ownCandidates is {OwnCandidates}, expected 0 to {MostOwn}");
        faults.AddRange(FusionWeights.Validate(Fusion));
        if (Request is not null) faults.AddRange(Request.Validate());
        return faults;
    }
}
