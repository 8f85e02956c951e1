namespace Tandem.Cloud.Requests;

/// <summary>How long and how large a request may be.</summary>
public sealed record RequestLimits
{
    /// <summary>Longest time for an answer. Default 5 s: a person who waits longer has gone on without it.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest body, in bytes. Default 4 MB: a batch of 10,000 events has 1 MB.</summary>
    public long LongestBody { get; init; } = 4 << 20;

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (Deadline <= TimeSpan.Zero) yield return $"Deadline is {Deadline}; expected more than zero";
        if (LongestBody < 1_024) yield return $"LongestBody is {LongestBody}; expected 1,024 bytes at least";
    }
}
