namespace Tandem.Data.Sources;

/// <summary>The unit of a column of times.</summary>
public enum TimeUnit
{
    /// <summary>Seconds since 1970-01-01 UTC.</summary>
    Seconds,

    /// <summary>Milliseconds since 1970-01-01 UTC; parts of a second are cut off.</summary>
    Milliseconds,
}
