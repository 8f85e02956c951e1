namespace Tandem.Data.Sources;

/// <summary>
/// MovieLens 100k as GroupLens publishes it (https://grouplens.org/datasets/movielens/100k): <c>u.data</c> (user, item,
/// rating, unix time; tab separated), <c>u.item</c> (<c>|</c> separated, Latin-1, a 0/1 flag for each genre at the end) and
/// <c>u.genre</c> (the genres' names). Every rating is an event, whatever its value.
/// </summary>
/// <param name="folder">The folder; its own name becomes the data set's.</param>
public sealed class MovieLens100kSource(string folder) : IInteractionSource
{
    internal const string RatingsFile = "u.data";
    internal const string ItemsFile = "u.item";
    internal const string GenresFile = "u.genre";

    /// <summary>Id, title, release date, video release date and address come before the flags.</summary>
    private const int FirstFlag = 5;

    /// <inheritdoc/>
    public string Name { get; } = SourceLayout.FolderName(folder);

    /// <inheritdoc/>
    public bool HasTimes => true;

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read()
    {
        var lines = new SourceLines(SourceFile.Require(folder, RatingsFile), "'user<TAB>item<TAB>rating<TAB>unix time'");
        foreach (var fields in lines.ReadFields("\t", minFields: 4, maxFields: 4))
        {
            yield return new Interaction(
                lines.Key(fields[0], "user"), lines.Key(fields[1], "item"), lines.WholeNumber(fields[3], "time"), lines.Value(fields[2],
                    "rating"));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems()
    {
        var genres = ReadGenres();
        var items = new Dictionary<string, ItemDescription>();
        var fieldCount = FirstFlag + genres.Count;
        var lines = new SourceLines(
            SourceFile.Require(folder,
                ItemsFile), $"'id|title|date|video date|address' and {genres.Count} flags of 0 or 1", mayBeLatin1: true);
        foreach (var fields in lines.ReadFields("|", fieldCount, fieldCount))
        {
            var key = lines.Key(fields[0], "item");
            var item = new ItemDescription(key, fields[1].Length > 0 ? fields[1] : null, Flagged(fields, genres, lines), SemanticIds: null);
            if (!items.TryAdd(key, item))
                throw lines.Fault($"item '{key}' already has a line");
        }
        return items;
    }

    private static string[] Flagged(string[] fields, List<string> genres, SourceLines lines)
    {
        for (var i = FirstFlag; i < fields.Length; i++)
        {
            if (fields[i] is not ("0" or "1"))
                throw lines.Fault($"flag '{fields[i]}' is neither 0 nor 1");
        }

        return [.. genres.Where((_, genre) => fields[FirstFlag + genre] == "1")];
    }

    private List<string> ReadGenres()
    {
        var genres = new List<string>();
        var lines = new SourceLines(SourceFile.Require(folder, GenresFile), "'name|number', numbered from 0 in order");
        foreach (var line in lines.Read())
        {
            // The published file ends with an empty line.
            if (line.Length == 0)
                continue;
            if (line.Split('|') is not [var name, var number] || lines.WholeNumber(number, "number") != genres.Count)
                throw lines.Fault($"'{line}' is not genre {genres.Count}");
            genres.Add(name);
        }
        return genres;
    }
}
