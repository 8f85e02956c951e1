namespace Tandem.Data.Sources;

/// <summary>
/// A folder with <c>sequences.txt</c>, or that text under another name: a line per user, <c>user item item …</c>, oldest first, without
/// times, as S3-Rec
/// (CIKM 2020, https://github.com/RUCAIBox/CIKM2020-S3Rec) publishes its sets. Optional beside it: <c>semantic_ids.txt</c>
/// (<c>item code code …</c>, as many codes on every line) and <c>items.tsv</c> (tab separated, with a header: item, title,
/// categories or genres with <c>|</c> between them). Users, items and codes are whole numbers from 0.
/// </summary>
/// <param name="folder">The folder; its own name becomes the data set's.</param>
/// <param name="sequences">Path of the sequences; null (default): <c>sequences.txt</c> or <c>sequences.txt.gz</c> in the folder.</param>
public sealed class SequenceTextSource(string folder, string? sequences = null) : IInteractionSource
{
    internal const string SequencesFile = "sequences.txt";
    private const string SemanticIdsFile = "semantic_ids.txt";
    private const string ItemsFile = "items.tsv";

    /// <inheritdoc/>
    public string Name { get; } = SourceLayout.FolderName(folder);

    /// <inheritdoc/>
    public bool HasTimes => false;

    /// <inheritdoc/>
    public bool HasValues => false;

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read()
    {
        var lines = new SourceLines(sequences ?? SourceFile.Require(folder, SequencesFile), "'user item item …'");
        var users = new HashSet<string>();
        foreach (var fields in lines.ReadFields(" ", minFields: 2))
        {
            var user = lines.Key(fields[0], "user");
            if (!users.Add(user))
                throw lines.Fault($"user '{user}' already has a line");
            for (var i = 1; i < fields.Length; i++)
                yield return new Interaction(user, lines.Key(fields[i], "item"), Time: i - 1, Value: 1);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems()
    {
        var items = ReadTitles();
        foreach (var (key, codes) in ReadSemanticIds())
        {
            items[key] = items.TryGetValue(key, out var item)
                ? item with { SemanticIds = codes }
                : new ItemDescription(key, Title: null, [], codes);
        }

        return items;
    }

    private Dictionary<string, ItemDescription> ReadTitles()
    {
        var items = new Dictionary<string, ItemDescription>();
        if (SourceFile.Find(folder, ItemsFile) is not { } path) return items;
        var lines = new SourceLines(path, "'item<TAB>title<TAB>category|category|…' under a header");
        var header = true;
        foreach (var fields in lines.ReadFields("\t", minFields: 3, maxFields: 3))
        {
            if (header)
                RequireHeader(fields, lines);
            else if (ParseItem(fields, lines) is var item && !items.TryAdd(item.Key, item))
                throw lines.Fault($"item '{item.Key}' already has a line");
            header = false;
        }
        return items;
    }

    private static void RequireHeader(string[] fields, SourceLines lines)
    {
        if (fields is not ["item", "title", "categories" or "genres"])
            throw lines.Fault($"the header is '{string.Join(", ", fields)}', not 'item, title, categories' or 'item, title, genres'");
    }

    private static ItemDescription ParseItem(string[] fields, SourceLines lines) => new(
        lines.Key(fields[0], "item"),
        fields[1].Length > 0 ? fields[1] : null,
        fields[2].Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        SemanticIds: null);

    private Dictionary<string, int[]> ReadSemanticIds()
    {
        var codes = new Dictionary<string, int[]>();
        if (SourceFile.Find(folder, SemanticIdsFile) is not { } path) return codes;
        var lines = new SourceLines(path, "'item code code …', as many codes on every line");
        var levels = 0;
        foreach (var fields in lines.ReadFields(" ", minFields: 2))
        {
            var item = lines.Key(fields[0], "item");
            var ids = Array.ConvertAll(fields[1..], field => lines.Code(field, "code"));
            if (levels > 0 && ids.Length != levels)
                throw lines.Fault($"item '{item}' has {ids.Length} codes where the first item has {levels}");
            levels = ids.Length;
            if (!codes.TryAdd(item, ids))
                throw lines.Fault($"item '{item}' already has a line");
        }
        return codes;
    }
}
