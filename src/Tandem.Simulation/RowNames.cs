namespace Tandem.Simulation;

/// <summary>Names in tables and JSON: words of a kind's name in small letters, between hyphens.</summary>
internal static class RowNames
{
    /// <summary>Behind the name of a mode whose devices get weights of their users' own with each list.</summary>
    public const string WithWeights = "-weights";

    public static string Of<TEnum>(TEnum kind) where TEnum : struct, Enum => string.Concat(
        kind.ToString().Select((letter, i) => $"{(char.IsUpper(letter) && i > 0 ? "-" : "")}{char.ToLowerInvariant(letter)}"));
}
