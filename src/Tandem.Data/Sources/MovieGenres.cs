namespace Tandem.Data.Sources;

/// <summary>Genres as MovieLens writes them from its 1M set on.</summary>
internal static class MovieGenres
{
    private const string None = "(no genres listed)";

    public static string[] Split(string genres) =>
        genres == None ? [] : genres.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
