namespace Tandem.Cloud.Events;

/// <summary>How long events are kept.</summary>
public sealed record RetentionOptions
{
    /// <summary>Older ones are deleted; null, the default, keeps all.</summary>
    public TimeSpan? Longest { get; init; }

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (Longest is { } kept && kept <= TimeSpan.Zero) yield return $"Longest is {kept}; expected more than zero, or none";
    }
}
