namespace Tandem.Protocol.Parameters;

/// <summary>What a packet says beside its tensors and versions.</summary>
public sealed record ParameterPacketOptions
{
    /// <summary>
    /// <see cref="ParameterFactors.Hash"/> of those that cores or codes were made for; packets of these forms need it. Null, the default,
    /// for full weights and plans of precision.
    /// </summary>
    public string? Factors { get; init; }

    /// <summary>When the packet was made, in unix seconds from 0 on; null, the default, where it says nothing of that.</summary>
    public long? CreatedAt { get; init; }

    /// <summary>
    /// How many seconds after <see cref="CreatedAt"/> it may serve, above 0; null, the default, without end. Needs
    /// <see cref="CreatedAt"/>.
    /// </summary>
    public long? ValidFor { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Factors is not null && string.IsNullOrWhiteSpace(Factors))
            yield return "factors is empty; leave it out for full weights and plans";
        if (CreatedAt is < 0) yield return $"createdAt is {CreatedAt}, expected unix seconds from 0 on";
        if (ValidFor is < 1) yield return $"validFor is {ValidFor}, expected seconds above 0";
        if (ValidFor is not null && CreatedAt is null) yield return "validFor counts from createdAt, which is missing; give both";
    }
}
