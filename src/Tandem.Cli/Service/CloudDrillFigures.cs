namespace Tandem.Cli.Service;

/// <summary>What a drill of the service met.</summary>
internal sealed record CloudDrillFigures
{
    /// <summary>Requests sent.</summary>
    public required long Requests { get; init; }

    /// <summary>Events that the service said it keeps.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Of those, events that were not in the store afterwards.</summary>
    public long Lost { get; init; }

    /// <summary>Faults that checks of the store's integrity found.</summary>
    public long IntegrityFaults { get; init; }

    /// <summary>Requests that failed and should not have: after retries where a drill retries.</summary>
    public long Errors { get; init; }

    /// <summary>Answers that blame the service (5xx), and times that it ended.</summary>
    public long ServerErrors { get; init; }

    /// <summary>The longest that a request had to be sent again until it was answered; 0 where a drill does not retry.</summary>
    public double RecoverySeconds { get; init; }

    /// <summary>Of the service, before the drill.</summary>
    public double MegabytesBefore { get; init; }

    /// <summary>Of the service, after it.</summary>
    public double MegabytesAfter { get; init; }

    /// <summary>The first few, for people.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}
