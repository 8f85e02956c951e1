namespace Tandem.Data.Sources;

/// <summary>Recognises a raw folder by the files in it.</summary>
public static class SourceLayout
{
    /// <summary>The layouts that <see cref="Detect"/> knows, in one line, for messages.</summary>
    public static string Known { get; } = string.Join("; ",
        $"sequence text: {SequenceTextSource.SequencesFile} ('user item item …'), optionally semantic_ids.txt and items.tsv",
        $"MovieLens 100k: {MovieLens100kSource.RatingsFile}, {MovieLens100kSource.ItemsFile} and {MovieLens100kSource.GenresFile}");

    /// <summary>The source that reads this folder, or null when it has no known layout. Reads no file.</summary>
    public static IInteractionSource? Detect(string folder)
    {
        if (Has(folder, SequenceTextSource.SequencesFile))
            return new SequenceTextSource(folder);
        if (Has(folder, MovieLens100kSource.RatingsFile, MovieLens100kSource.ItemsFile, MovieLens100kSource.GenresFile))
            return new MovieLens100kSource(folder);
        return null;
    }

    internal static string FolderName(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static bool Has(string folder, params ReadOnlySpan<string> files)
    {
        foreach (var file in files)
            if (!File.Exists(Path.Combine(folder, file)))
                return false;
        return true;
    }
}
