namespace Tandem.Protocol.Messages;

/// <summary>A device asks the cloud for candidates.</summary>
public sealed record CandidateRequest
{
    /// <summary>The item numbering that <see cref="History"/> uses; the answer must use the same.</summary>
    public required string CatalogVersion { get; init; }

    /// <summary>The user's item ids, 1..V, oldest first, without padding.</summary>
    public required IReadOnlyList<int> History { get; init; }

    /// <summary>Number of candidates wanted.</summary>
    public required int Count { get; init; }

    /// <summary>
    /// Version of the device's model, where the answer shall bring its item rows: <see cref="CandidateList.Slice"/>. Null, the
    /// default, for a device that holds its whole item table and wants none.
    /// </summary>
    public string? SliceOfModel { get; init; }
}
