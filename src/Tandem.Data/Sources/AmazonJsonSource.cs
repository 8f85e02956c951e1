namespace Tandem.Data.Sources;

/// <summary>
/// Amazon reviews of 2014 (https://cseweb.ucsd.edu/~jmcauley/datasets/amazon/links.html) and 2018
/// (https://nijianmo.github.io/amazon): one file of reviews, <c>*.json</c> or <c>*.json.gz</c>, a JSON object a line with reviewerID, asin,
/// overall and unixReviewTime; beside it, where it is there, one <c>meta_*.json</c> or <c>meta_*.json.gz</c> with asin, title and
/// categories: JSON in 2018's form or Python literals in 2014's. Every review is an event, whatever its rating. Of an item described
/// twice the first description counts, for the publisher's files repeat some.
/// </summary>
/// <param name="reviews">Path of the file of reviews; its folder's name becomes the data set's.</param>
/// <param name="meta">Path of the file of items; null: none.</param>
public sealed class AmazonJsonSource(string reviews, string? meta) : IInteractionSource
{
    internal const string Extension = ".json";
    private const string MetaPrefix = "meta_";

    /// <inheritdoc/>
    public string Name { get; } = SourceLayout.FolderName(Path.GetDirectoryName(Path.GetFullPath(reviews))!);

    /// <inheritdoc/>
    public bool HasTimes => true;

    /// <summary>The source of a folder with one file of reviews, or null.</summary>
    internal static AmazonJsonSource? In(string folder) =>
        SourceFile.OnlyOne(folder, Extension, name => !IsMeta(name)) is { } reviews
            ? new AmazonJsonSource(reviews, SourceFile.OnlyOne(folder, Extension, IsMeta))
            : null;

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read() =>
        new JsonEvents(reviews, user: "reviewerID", item: "asin", value: "overall", time: "unixReviewTime").Read();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems()
    {
        var items = new Dictionary<string, ItemDescription>();
        if (meta is null) return items;
        using var lines = new JsonLines(meta, "a JSON object or a Python literal with asin, title and categories");
        JsonLines.ReadObject<ItemDescription> read = (ref reader) => JsonItem.Read(ref reader, lines, "asin", "title");
        var literal = new PythonLiteral();
        while (lines.Next())
        {
            var line = PythonLiteral.IsLikely(lines.Line) ? literal.ToJson(lines.Line) : lines.Line;
            var item = lines.Parse(line, read);
            items.TryAdd(item.Key, item);
        }
        return items;
    }

    private static bool IsMeta(string name) => name.StartsWith(MetaPrefix, StringComparison.OrdinalIgnoreCase);
}
