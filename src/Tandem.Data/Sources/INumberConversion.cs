using System.Globalization;
using System.Numerics;

namespace Tandem.Data.Sources;

/// <summary>What a number of a table means: the same for all types of numbers.</summary>
internal interface INumberConversion<TResult>
{
    /// <summary>False where the number cannot mean it.</summary>
    static abstract bool TryConvert<T>(T number, out TResult result)
        where T : struct, INumber<T>;
}

/// <summary>A key is a whole number; a real one only as far as its type tells neighbours apart.</summary>
internal readonly struct KeyOfNumber : INumberConversion<string>
{
    private const double LastWholeSingle = 1 << 24, LastWholeDouble = 1L << 53;

    public static bool TryConvert<T>(T number, out string result)
        where T : struct, INumber<T>
    {
        var isReal = typeof(T) == typeof(float) || typeof(T) == typeof(double);
        result = "";
        if (!T.IsInteger(number)) return false;
        if (isReal && Math.Abs(double.CreateTruncating(number)) > (typeof(T) == typeof(float) ? LastWholeSingle : LastWholeDouble))
            return false;
        // A decimal number keeps its places when it is written, 7.00, and a real one may get an exponent.
        result = typeof(T) == typeof(decimal) ? BigInteger.CreateTruncating(number).ToString(CultureInfo.InvariantCulture)
            : isReal ? long.CreateTruncating(number).ToString(CultureInfo.InvariantCulture)
            : number.ToString(null, CultureInfo.InvariantCulture);
        return true;
    }
}

/// <summary>A time keeps its fraction, whatever its unit.</summary>
internal readonly struct TimeOfNumber : INumberConversion<TimeNumber>
{
    private const double Limit = 9e18; // below 2^63

    public static bool TryConvert<T>(T number, out TimeNumber result)
        where T : struct, INumber<T>
    {
        var real = double.CreateTruncating(number);
        var fits = Math.Abs(real) < Limit; // false for what is not a number
        result = !fits
            ? default
            : T.IsInteger(number) ? new(long.CreateTruncating(number), 0) : new((long)Math.Floor(real), real - Math.Floor(real));
        return fits;
    }
}

/// <summary>A time as a table writes it, in a unit of its own.</summary>
/// <param name="Whole">Units, rounded down.</param>
/// <param name="Fraction">The rest, 0 to 1.</param>
internal readonly record struct TimeNumber(long Whole, double Fraction)
{
    /// <summary>Null where it is beyond what a time can be.</summary>
    public UnixTime? In(TimeUnit unit) => Fraction == 0 ? UnixTime.Of(Whole, unit) : UnixTime.Of(Whole + Fraction, unit);

    public override string ToString() => (Whole + Fraction).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A value is finite.</summary>
internal readonly struct ValueOfNumber : INumberConversion<float>
{
    public static bool TryConvert<T>(T number, out float result)
        where T : struct, INumber<T>
    {
        result = float.CreateTruncating(number);
        return float.IsFinite(result);
    }
}
