namespace Tandem.Data.Sources;

/// <summary>The unit of a column of times. Events are ordered by the whole of their times; of each the second is kept.</summary>
public enum TimeUnit
{
    /// <summary>Seconds since 1970-01-01 UTC.</summary>
    Seconds,

    /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
    Milliseconds,

    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    Microseconds,

    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    Nanoseconds,
}
