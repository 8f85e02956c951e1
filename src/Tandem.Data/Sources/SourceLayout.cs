namespace Tandem.Data.Sources;

/// <summary>Recognises a raw folder by the files in it.</summary>
public static class SourceLayout
{
    /// <summary>The tables that <see cref="DetectTable"/> knows, in one line, for messages.</summary>
    public static string KnownTables { get; } = "one *.csv, *.csv.gz, *.parquet or *.inter with named columns";

    /// <summary>The layouts that <see cref="Detect"/> knows, in one line, for messages.</summary>
    public static string Known { get; } = string.Join("; ",
        $"sequence text: {SequenceTextSource.SequencesFile} ('user item item …'), optionally semantic_ids.txt and items.tsv",
        $"pair text: {PairTextSource.InteractionsFile} ('user item')",
        $"MovieLens 100k: {MovieLens100kSource.RatingsFile}, {MovieLens100kSource.ItemsFile} and {MovieLens100kSource.GenresFile}",
        $"MovieLens 1M and 10M: {MovieLens1mSource.RatingsFile} and {MovieLens1mSource.MoviesFile}",
        $"MovieLens 20M and later: {MovieLensCsvSource.RatingsFile} and {MovieLensCsvSource.MoviesFile}",
        $"Yelp: {YelpSource.ReviewsFile}",
        "RecBole: one *.inter, or x.train.inter, x.valid.inter and x.test.inter; optionally one *.item",
        "Amazon reviews of 2014 and 2018: one *.json or *.json.gz, optionally one meta_*.json or meta_*.json.gz",
        $"a table: {KnownTables} (users, items and, where there are, times and ratings, under their usual names)");

    /// <summary>The source that reads this folder, or null when it has no known layout. Reads no more than a header.</summary>
    /// <exception cref="SourceException">The header of a table is malformed.</exception>
    public static IInteractionSource? Detect(string folder)
    {
        if (Has(folder, SequenceTextSource.SequencesFile))
            return new SequenceTextSource(folder);
        if (Has(folder, PairTextSource.InteractionsFile))
            return new PairTextSource(folder);
        if (Has(folder, MovieLens100kSource.RatingsFile, MovieLens100kSource.ItemsFile, MovieLens100kSource.GenresFile))
            return new MovieLens100kSource(folder);
        if (Has(folder, MovieLens1mSource.RatingsFile, MovieLens1mSource.MoviesFile))
            return new MovieLens1mSource(folder);
        if (Has(folder, MovieLensCsvSource.RatingsFile, MovieLensCsvSource.MoviesFile))
            return new MovieLensCsvSource(folder);
        if (Has(folder, YelpSource.ReviewsFile))
            return new YelpSource(folder);
        return RecBoleSource.In(folder) ?? DetectTable(folder, columns: null) ?? AmazonJsonSource.In(folder);
    }

    /// <summary>The source that reads the one table of this folder, whatever else lies there, or null when there is not one.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="columns">Names of its columns; null: those that a known header says, or the usual ones.</param>
    /// <exception cref="SourceException">The header is needed and is malformed.</exception>
    public static IInteractionSource? DetectTable(string folder, ColumnNames? columns) =>
        (SourceFile.OnlyOne(folder, CsvSource.Extension), SourceFile.OnlyOne(folder, ParquetSource.Extension)) switch
        {
            ({ } csv, null) => new CsvSource(csv, columns ?? CsvSource.ColumnsOf(csv)),
            (null, { } parquet) => new ParquetSource(parquet, columns ?? new ColumnNames()),
            (null, null) => columns is null ? null : RecBoleSource.In(folder, columns),
            _ => null,
        };

    internal static string FolderName(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static bool Has(string folder, params ReadOnlySpan<string> files)
    {
        foreach (var file in files)
            if (!File.Exists(Path.Combine(folder, file)))
                return false;
        return true;
    }
}
