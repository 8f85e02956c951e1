namespace Tandem.Simulation;

/// <summary>Names in tables and JSON: words of a kind's name in small letters, between hyphens.</summary>
internal static class RowNames
{
    public static string Of<TEnum>(TEnum kind) where TEnum : struct, Enum => string.Concat(
        kind.ToString().Select((letter, i) => $"{(char.IsUpper(letter) && i > 0 ? "-" : "")}{char.ToLowerInvariant(letter)}"));
}
