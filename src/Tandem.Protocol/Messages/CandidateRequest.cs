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
}
