namespace Tandem.Data.Sources;

/// <summary>Detects the unit of times from their size.</summary>
internal static class TimeUnits
{
    /// <summary>How many times of a table are looked at.</summary>
    public const int Looked = 1_000;

    // As milliseconds, microseconds and nanoseconds these are the year 1973; in the next larger unit they are the year 5138.
    private static readonly (double Least, TimeUnit Unit)[] _units =
        [(1e17, TimeUnit.Nanoseconds), (1e14, TimeUnit.Microseconds), (1e11, TimeUnit.Milliseconds)];

    /// <summary>
    /// The unit in which the median lies before the year 5138: one stray time, or a 0 where a publisher knew none, decides nothing.
    /// </summary>
    /// <param name="numbers">Times as they are written.</param>
    public static TimeUnit Of(IEnumerable<long> numbers)
    {
        long[] sorted = [.. numbers.Order()];
        if (sorted.Length == 0) return TimeUnit.Seconds;
        var median = sorted[sorted.Length / 2];
        return _units.FirstOrDefault(unit => median >= unit.Least, (0, TimeUnit.Seconds)).Unit;
    }

    /// <summary>One line for a person where the unit is another than seconds and was not given, or null.</summary>
    public static string? Line(string file, string column, TimeUnit unit) => unit == TimeUnit.Seconds
        ? null
        : $"{file}: {column} is read as {unit.ToString().ToLowerInvariant()} since 1970, for as seconds its times lie beyond the year "
            + "5000; "
            + "--time-unit says otherwise";
}
