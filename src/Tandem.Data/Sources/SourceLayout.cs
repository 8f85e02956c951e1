using System.Globalization;

namespace Tandem.Data.Sources;

/// <summary>Recognises a raw folder by the files in it.</summary>
public static class SourceLayout
{
    private const int Shown = 8; // files in a message

    /// <summary>The tables that <see cref="DetectTable"/> knows, in one line, for messages.</summary>
    public static string KnownTables { get; } = "one *.csv, *.parquet or *.inter with named columns";

    /// <summary>The layouts that <see cref="Detect"/> knows, in one line, for messages.</summary>
    public static string Known { get; } = string.Join("; ",
        $"sequence text: {SequenceTextSource.SequencesFile} ('user item item …'), optionally semantic_ids.txt and items.tsv",
        $"pair text: {PairTextSource.InteractionsFile} ('user item')",
        "either text as the one *.txt of whole numbers, under any name",
        $"MovieLens 100k: {MovieLens100kSource.RatingsFile}, {MovieLens100kSource.ItemsFile} and {MovieLens100kSource.GenresFile}",
        $"MovieLens 1M and 10M: {MovieLens1mSource.RatingsFile} and {MovieLens1mSource.MoviesFile}",
        $"MovieLens 20M and later: {MovieLensCsvSource.RatingsFile} and {MovieLensCsvSource.MoviesFile}",
        $"Yelp: {YelpSource.ReviewsFile}",
        "RecBole: one *.inter, or x.train.inter, x.valid.inter and x.test.inter; optionally one *.item",
        "Amazon reviews: one *.json or *.jsonl, optionally one meta_*.json or meta_*.jsonl",
        $"a table: {KnownTables} (users, items and, where there are, times and ratings, under their usual names)",
        "each file as it is or packed as *.gz");

    /// <summary>
    /// The source that reads this folder, or null when it has no known layout. Reads no more than the beginnings of files. Layouts whose
    /// files have names of their own come first; those that are recognised by the end of a name alone count where none of them is there.
    /// </summary>
    /// <exception cref="SourceException">The header of a table is malformed.</exception>
    /// <exception cref="DatasetException">
    /// The files are those of several layouts, or several could be the one; or a file cannot be read.
    /// </exception>
    public static IInteractionSource? Detect(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        if ((Only(folder, Named(folder)) ?? Only(folder, Unnamed(folder))) is { } source) return source;
        RequireNotSeveral(
            folder, "table", [.. SourceFile.All(folder, CsvSource.Extension), .. SourceFile.All(folder, ParquetSource.Extension)]);
        RequireNotSeveral(folder, "file of reviews", AmazonJsonSource.ReviewsIn(folder));
        RequireNotSeveral(folder, "text of whole numbers", NumberText.All(folder));
        return null;
    }

    /// <summary>The source that reads the one table of this folder, whatever else lies there, or null when there is not one.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="columns">Names of its columns; null: those that a known header says, or the usual ones.</param>
    /// <exception cref="SourceException">The header is needed and is malformed.</exception>
    /// <exception cref="DatasetException">The header is needed and its file cannot be read.</exception>
    public static IInteractionSource? DetectTable(string folder, ColumnNames? columns) =>
        (SourceFile.OnlyOne(folder, CsvSource.Extension), SourceFile.OnlyOne(folder, ParquetSource.Extension)) switch
        {
            ({ } csv, null) => new CsvSource(csv, columns ?? CsvSource.ColumnsOf(csv)),
            (null, { } parquet) => new ParquetSource(parquet, columns ?? new ColumnNames()),
            (null, null) => columns is null ? null : RecBoleSource.In(folder, columns),
            _ => null,
        };

    /// <summary>What lies in the folder, by name, in one line, for messages: the first few, with a slash behind folders.</summary>
    internal static string ContentOf(string folder) => Listed([.. Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder).Select(path => path + '/')).Order(StringComparer.Ordinal)]);

    internal static string FolderName(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static IEnumerable<(string Layout, IInteractionSource? Source)> Named(string folder) =>
    [
        ("sequence text", Has(folder, SequenceTextSource.SequencesFile) ? new SequenceTextSource(folder) : null),
        ("pair text", Has(folder, PairTextSource.InteractionsFile) ? new PairTextSource(folder) : null),
        ("MovieLens 100k", Has(folder, MovieLens100kSource.RatingsFile, MovieLens100kSource.ItemsFile, MovieLens100kSource.GenresFile)
            ? new MovieLens100kSource(folder) : null),
        ("MovieLens 1M", Has(folder, MovieLens1mSource.RatingsFile, MovieLens1mSource.MoviesFile) ? new MovieLens1mSource(folder) : null),
        ("MovieLens 20M and later", Has(folder, MovieLensCsvSource.RatingsFile, MovieLensCsvSource.MoviesFile)
            ? new MovieLensCsvSource(folder) : null),
        ("Yelp", Has(folder, YelpSource.ReviewsFile) ? new YelpSource(folder) : null),
    ];

    private static IEnumerable<(string Layout, IInteractionSource? Source)> Unnamed(string folder) =>
    [
        ("RecBole", RecBoleSource.In(folder)),
        ("a table", DetectTable(folder, columns: null)),
        ("Amazon reviews", AmazonJsonSource.In(folder)),
        ("a text of whole numbers", NumberText.In(folder)),
    ];

    private static IInteractionSource? Only(string folder, IEnumerable<(string Layout, IInteractionSource? Source)> layouts)
    {
        var found = layouts.Where(layout => layout.Source is not null).ToArray();
        if (found.Length <= 1) return found.FirstOrDefault().Source;
        throw new DatasetException(
            $"{ContentOf(folder)} could be read as {string.Join(" or as ", found.Select(layout => layout.Layout))}", folder,
                "the files of one data set",
            "leave those to be read in a folder of their own, or name the columns of the table that is meant");
    }

    private static void RequireNotSeveral(string folder, string what, string[] files)
    {
        if (files.Length > 1)
        {
            throw new DatasetException(
                $"{Listed(files)} could each be the {what}", folder, "one of them", "leave the one to be read in a folder of its own");
        }
    }

    private static string Listed(string[] paths) => paths.Length == 0 ? "nothing"
        : string.Join(", ", paths.Take(Shown).Select(path => $"'{Path.GetFileName(path.TrimEnd('/'))}{(path[^1] == '/' ? "/" : "")}'"))
            + (paths.Length > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {paths.Length - Shown} more") : "");

    private static bool Has(string folder, params ReadOnlySpan<string> files)
    {
        foreach (var file in files)
        {
            if (SourceFile.Find(folder, file) is null)
                return false;
        }

        return true;
    }
}
