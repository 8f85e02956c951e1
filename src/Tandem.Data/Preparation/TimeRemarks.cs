using System.Globalization;

namespace Tandem.Data.Preparation;

/// <summary>What the times of a whole log tell of themselves: that they were scaled, or read in the wrong unit.</summary>
internal static class TimeRemarks
{
    /// <summary>2100-01-01: no log reaches there, and milliseconds read as seconds begin in the year 33,658 for those of 2001.</summary>
    private const long LatestPlausible = 4_102_444_800;

    /// <summary>1973-03-03: parts of seconds were not logged then, and seconds read as milliseconds end before.</summary>
    private const long EarliestPlausible = 100_000_000;

    private const string Check =
        "; check that they are unix times, and their unit: that of a table or of RecBole's files is set with, for instance, --time-unit "
            + "milliseconds";

    private const double SecondsPerYear = 365.2425 * 86_400;

    /// <summary>
    /// True where times lie within 0..1 and are not whole: normalised, as RecBole does it, so that they tell the order and no date.
    /// </summary>
    public static bool AreNormalised(EventRows rows) => rows.HasFractions && rows.TimeRange() is { First: >= 0, Last: <= 1 };

    /// <summary>Lines for a person.</summary>
    public static IEnumerable<string> Of(EventRows rows)
    {
        var (first, last) = rows.TimeRange();
        if (AreNormalised(rows))
        {
            yield return "all times lie within 0 and 1, as normalised ones do: they order the events and are kept as positions; "
                + "give unix times where gaps between events matter";
        }
        else if (first == last && rows.Count > 1)
        {
            yield return $"all times fall into one second, {Date(first)}"
                + (rows.HasFractions ? ": the order within it stays, gaps do not" : ", and events keep the order of the rows")
                + Check;
        }
        else if (rows.HasFractions && last < EarliestPlausible)
        {
            yield return $"times end at {Date(last)} and have parts of seconds{Check}";
        }

        if (last > LatestPlausible)
            yield return $"times reach {Date(last)}{Check}";
        if (first < 0)
            yield return $"times begin at {Date(first)}, before 1970{Check}";
    }

    private static string Date(long seconds) => seconds is >= -62_135_596_800 and <= 253_402_300_799
        ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"the year {1970 + seconds / SecondsPerYear:#,0}");
}
