namespace Tandem.Data.Sources;

/// <summary>Titles for generated items: a theme has a genre of its own, and its own share of adjectives and places.</summary>
internal static class ThemeWords
{
    private const int WordsPerTheme = 4;

    private static readonly string[] _genres =
    [
        "Mystery", "Romance", "Western", "Comedy", "Thriller", "Fantasy", "Musical", "Documentary",
        "Drama", "Adventure", "Satire", "Fable", "Chronicle", "Ballad", "Legend", "Puzzle",
    ];

    private static readonly string[] _adjectives =
    [
        "Quiet", "Golden", "Broken", "Distant", "Crimson", "Hidden", "Silver", "Restless",
        "Frozen", "Gentle", "Burning", "Forgotten", "Wild", "Velvet", "Hollow", "Bright",
    ];

    private static readonly string[] _places =
    [
        "Harbour", "Garden", "Canyon", "Station", "Alley", "Forest", "Theatre", "River",
        "Kitchen", "Island", "Palace", "Meadow", "Tower", "Valley", "Market", "Lighthouse",
    ];

    /// <summary>Number of themes that have words.</summary>
    public static int Count => _genres.Length;

    public static string Genre(int theme) => _genres[theme];

    /// <summary>Such as <c>Quiet Harbour Mystery 12</c>.</summary>
    public static string Title(int theme, int numberInTheme, Random random) =>
        $"{Draw(_adjectives, theme, random)} {Draw(_places, theme, random)} {_genres[theme]} {numberInTheme}";

    private static string Draw(string[] words, int theme, Random random) =>
        words[(theme * WordsPerTheme + theme / WordsPerTheme + random.Next(WordsPerTheme)) % words.Length];
}
