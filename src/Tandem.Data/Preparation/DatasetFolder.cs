using Tandem.Data.Sources;

namespace Tandem.Data.Preparation;

/// <summary>
/// A data set on disk: <c>interactions.parquet</c> (user int32, item int32, time int64, and value float32 where not all are 1),
/// <c>users.parquet</c> (key), <c>items.parquet</c> (key, title, categories joined by <c>|</c>, semantic ids joined by a space; row i is
/// item i + 1) and <c>dataset.json</c>, which holds the counts and hashes that reading checks.
/// </summary>
public static class DatasetFolder
{
    private const string ManifestFile = "dataset.json";
    private const string UnfinishedFolder = ".dataset.unfinished";

    /// <summary>Whether a finished data set lies in the folder.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, ManifestFile));

    /// <summary>
    /// Writes the data set over whatever data set the folder holds. All files are written into a folder within, <c>.dataset.unfinished</c>,
    /// and moved when they are complete; the old manifest goes before the first and the new one comes last. So an interrupted write leaves
    /// the old data set, or none: <see cref="Open"/> refuses what it left, and the next write clears it away.
    /// </summary>
    /// <exception cref="DatasetException">
    /// A category is empty or contains <c>|</c>, which the table cannot hold; or the folder is a file.
    /// </exception>
    public static void Write(SequenceDataset dataset, string folder)
    {
        RequireStorable(dataset.Catalog, folder);
        if (File.Exists(folder)) throw new DatasetException("is a file", folder, "a folder, there or not", "give another name for it");
        var unfinished = Path.Combine(folder, UnfinishedFolder);
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        Directory.CreateDirectory(unfinished);
        var tables = new DatasetTables(unfinished, dataset.HasValues);
        tables.Write(dataset);
        var hashes = tables.HashFiles();
        File.WriteAllText(Path.Combine(unfinished, ManifestFile), DatasetManifest.Of(dataset, hashes).ToJson());

        File.Delete(Path.Combine(folder, ManifestFile));
        foreach (var file in (string[])[.. hashes.Keys, ManifestFile])
            File.Move(Path.Combine(unfinished, file), Path.Combine(folder, file), overwrite: true);
        Directory.Delete(unfinished);
    }

    /// <summary>Reads a folder that <see cref="Write"/> made, and checks format, counts and hashes.</summary>
    /// <exception cref="DatasetException">The folder holds no data set, or a damaged one.</exception>
    public static SequenceDataset Read(string folder)
    {
        var path = Path.Combine(folder, ManifestFile);
        RequireFinished(folder);
        if (!File.Exists(path))
            throw new DatasetException("no such file", path, "a prepared data set", "prepare the data set first");

        var manifest = DatasetManifest.Parse(ReadText(path), path);
        var tables = new DatasetTables(folder, manifest.HasValues);
        tables.RequireIntact(manifest.Files);
        var catalog = tables.ReadCatalog(manifest.Items);
        RequireEqual("catalog version", catalog.Version, manifest.CatalogVersion, folder);
        var dataset = Assemble(manifest, catalog, tables, folder);
        RequireEqual("content hash", dataset.Hash, manifest.Hash, folder);
        return dataset;
    }

    /// <summary>
    /// Opens any folder with data in it: one with <c>dataset.json</c> is read and keeps the seed it was prepared with;
    /// a raw one of a layout in <see cref="SourceLayout"/> is prepared with the seed given.
    /// </summary>
    /// <param name="folder">A prepared or a raw folder.</param>
    /// <param name="seed">Draws the item numbers of a raw folder.</param>
    /// <param name="core">
    /// Least events of every user and item, 1 or more: a raw folder is cut down until both hold. Default 1, all stay.
    /// </param>
    /// <exception cref="DatasetException">
    /// The folder is missing, damaged, empty or of an unknown layout, or was prepared with a smaller core.
    /// </exception>
    /// <exception cref="SourceException">A line of a raw folder is malformed.</exception>
    public static SequenceDataset Open(string folder, int seed, int core = 1)
    {
        if (!Exists(folder))
        {
            return DatasetPreparation.Prepare(
            SourceOf(folder), seed, new PreparationOptions { MinUserEvents = core, MinItemEvents = core });
        }

        var dataset = Read(folder);
        var kept = Math.Min(dataset.Preparation.MinUserEvents, dataset.Preparation.MinItemEvents);
        if (kept < core)
        {
            throw new DatasetException(
                $"was prepared with a core of {kept} events", folder, $"one of {core}", "prepare it so, or give the raw folder");
        }

        return dataset;
    }

    /// <summary>The source that reads a raw folder.</summary>
    /// <param name="folder">A folder of a layout in <see cref="SourceLayout"/>.</param>
    /// <param name="columns">Names of a table's columns; null: the folder is detected.</param>
    /// <exception cref="DatasetException">The folder is missing or of an unknown layout.</exception>
    public static IInteractionSource SourceOf(string folder, ColumnNames? columns = null)
    {
        RequireFinished(folder);
        if ((columns is null ? SourceLayout.Detect(folder) : SourceLayout.DetectTable(folder, columns)) is { } source)
            return source;
        if (File.Exists(folder))
        {
            throw new DatasetException(
                "is a file", folder, "a folder", "give the folder in which it lies, with nothing else in it that could be read");
        }

        throw new DatasetException(
            Directory.Exists(folder) ? $"no known layout in {SourceLayout.ContentOf(folder)}" : "no such folder", folder,
            columns is null ? $"a folder with {ManifestFile} or one of these layouts: {SourceLayout.Known}" : SourceLayout.KnownTables,
            "check the path, or convert the data to one of them");
    }

    private static string ReadText(string path)
    {
        using var reader = new StreamReader(SourceFile.OpenBytes(path));
        return reader.ReadToEnd();
    }

    private static void RequireFinished(string folder)
    {
        if (!Exists(folder) && Directory.Exists(Path.Combine(folder, UnfinishedFolder)))
        {
            throw new DatasetException(
                "holds a data set that was not written to its end", folder, $"{ManifestFile}, which comes last",
                "prepare it into this folder again, or delete the folder");
        }
    }

    private static SequenceDataset Assemble(DatasetManifest manifest, Catalog catalog, DatasetTables tables, string folder)
    {
        var (users, items, times, values) = tables.ReadInteractions(manifest.Interactions);
        var keys = tables.ReadUserKeys(manifest.Users);
        try
        {
            return new SequenceDataset(
                manifest.Name, manifest.Source, catalog, manifest.Seed, manifest.HasTimes, keys, Offsets(users,
                    keys.Length), items, times, values)
            {
                Preparation = manifest.Preparation ?? new(),
                Reading = manifest.Reading ?? new(),
            };
        }
        catch (ArgumentException e)
        {
            throw new DatasetException(e.Message, folder, "tables that fit together", "prepare the data set again", e);
        }
    }

    private static int[] Offsets(int[] users, int count)
    {
        var offsets = new int[count + 1];
        for (var i = 0; i < users.Length; i++)
        {
            if (users[i] < 0 || users[i] >= count || (i > 0 && users[i] < users[i - 1]))
                throw new ArgumentException($"row {i} of the interactions has user {users[i]}; expected 0 to {count - 1}, ascending");
            offsets[users[i] + 1] = i + 1;
        }
        for (var user = 0; user < count; user++)
            offsets[user + 1] = Math.Max(offsets[user + 1], offsets[user]);
        return offsets;
    }

    private static void RequireEqual(string what, string found, string expected, string folder)
    {
        if (found != expected)
            throw new DatasetException($"{what} is {found}", folder, $"{expected}, as {ManifestFile} says", "prepare the data set again");
    }

    private static void RequireStorable(Catalog catalog, string folder)
    {
        for (var id = 1; id <= catalog.Count; id++)
        {
            foreach (var category in catalog[id].Categories)
            {
                if (category.Length == 0 || category.Contains(Catalog.CategorySeparator, StringComparison.Ordinal))
                {
                    throw new DatasetException(
                        $"item '{catalog[id].Key}' has the category '{category}'", folder,
                        $"text without '{Catalog.CategorySeparator}'", "rename the category in the source");
                }
            }
        }
    }
}
