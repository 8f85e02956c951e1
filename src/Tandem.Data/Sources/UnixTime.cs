using System.Globalization;

namespace Tandem.Data.Sources;

/// <summary>A time since 1970-01-01 UTC, fine enough to order nanoseconds, and tens of years that were scaled to 0..1.</summary>
/// <param name="Seconds">Whole seconds, rounded down.</param>
/// <param name="Fraction">The rest, in units of 2⁻³² s.</param>
internal readonly record struct UnixTime(long Seconds, uint Fraction)
{
    /// <summary>What <see cref="Parse"/> takes, for messages.</summary>
    public const string Forms = "a number, or a date such as 2020-01-31 or 2020-01-31T23:59:59Z";

    private const decimal FractionsPerSecond = 1L << 32;
    private const decimal Limit = 1e18m;

    public static UnixTime Of(long number, TimeUnit unit)
    {
        var perSecond = PerSecond(unit);
        if (perSecond == 1) return new UnixTime(number, 0);
        var (seconds, rest) = Math.DivRem(number, perSecond);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + perSecond);
        return new UnixTime(seconds, (uint)(((ulong)rest << 32) / (ulong)perSecond));
    }

    /// <summary>Null where the number is not finite, or beyond 10¹⁸ seconds.</summary>
    public static UnixTime? Of(double number, TimeUnit unit)
    {
        var time = number / PerSecond(unit);
        if (!(Math.Abs(time) < (double)Limit)) return null;
        var seconds = Math.Floor(time);
        return new UnixTime((long)seconds, (uint)Math.Min(uint.MaxValue, (time - seconds) * (double)FractionsPerSecond));
    }

    public static UnixTime Of(DateTime utc) => OfTicks(utc.Ticks);

    /// <summary>
    /// A number in the unit, taken to the last digit, or a date of ISO 8601, in UTC where it names no offset; null where it is neither.
    /// Other forms of dates are read differently in different countries.
    /// </summary>
    public static UnixTime? Parse(ReadOnlySpan<char> text, TimeUnit unit)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return Of(whole, unit);
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return Of(number, unit);
        return IsIsoDate(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? OfTicks(date.UtcTicks)
            : null;
    }

    private static UnixTime? Of(decimal number, TimeUnit unit)
    {
        var time = number / PerSecond(unit);
        if (Math.Abs(time) >= Limit) return null;
        var seconds = decimal.Floor(time);
        return new UnixTime((long)seconds, (uint)Math.Min(uint.MaxValue, (time - seconds) * FractionsPerSecond));
    }

    private static UnixTime OfTicks(long ticks)
    {
        var (seconds, rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        return new UnixTime(
            seconds - DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond, (uint)(((ulong)rest << 32) / TimeSpan.TicksPerSecond));
    }

    private static bool IsIsoDate(ReadOnlySpan<char> text) =>
        text.Length >= 10 && text[4] == '-' && text[7] == '-' && !text[..4].ContainsAnyExceptInRange('0', '9');

    private static long PerSecond(TimeUnit unit) => unit switch
    {
        TimeUnit.Milliseconds => 1_000,
        TimeUnit.Microseconds => 1_000_000,
        TimeUnit.Nanoseconds => 1_000_000_000,
        _ => 1,
    };
}
