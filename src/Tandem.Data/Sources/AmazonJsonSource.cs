using System.Text.Json;
using Tandem.Data.Published;

namespace Tandem.Data.Sources;

/// <summary>
/// Amazon reviews of 2014 (https://cseweb.ucsd.edu/~jmcauley/datasets/amazon/links.html), 2018 (https://nijianmo.github.io/amazon) and 2023
/// (https://amazon-reviews-2023.github.io): one file of reviews, <c>*.json</c> or <c>*.jsonl</c>, packed or not, a JSON object a line with
/// reviewerID, asin, overall and unixReviewTime, or in 2023's form, which the first line tells, with user_id, parent_asin, rating and
/// timestamp in milliseconds; beside it, where it is there, one such file <c>meta_*</c> with asin or parent_asin, title and categories:
/// JSON, or Python literals in 2014's form. Every review is an event, whatever its rating. Of an item described twice the first
/// description counts, for the publisher's files repeat some. Neither is <c>fetched.json</c>, nor <c>*item2attributes.json</c> of S3-Rec's
/// authors.
/// </summary>
/// <param name="reviews">Path of the file of reviews; its folder's name becomes the data set's.</param>
/// <param name="meta">Path of the file of items; null: none.</param>
public sealed class AmazonJsonSource(string reviews, string? meta) : IInteractionSource
{
    private const string Extension = ".json";
    private const string LinesExtension = ".jsonl";
    private const string MetaPrefix = "meta_";

    private static readonly JsonFields _until2018 = new("reviewerID", "asin", "overall", "unixReviewTime");
    private static readonly JsonFields _since2023 = new("user_id", "parent_asin", "rating", "timestamp", TimeUnit.Milliseconds);

    private readonly Lazy<JsonFields> _fields = new(() => FieldsOf(reviews));

    /// <inheritdoc/>
    public string Name { get; } = SourceLayout.FolderName(Path.GetDirectoryName(Path.GetFullPath(reviews))!);

    /// <inheritdoc/>
    public bool HasTimes => true;

    /// <summary>The source of a folder with one file of reviews, or null.</summary>
    internal static AmazonJsonSource? In(string folder) =>
        ReviewsIn(folder) is [var reviews] ? new AmazonJsonSource(reviews, MetaIn(folder)) : null;

    /// <summary>The files that could be one of reviews.</summary>
    internal static string[] ReviewsIn(string folder) => All(folder, name => !IsMeta(name) && !IsOther(name));

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read() => new JsonEvents(reviews, _fields.Value).Read();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems()
    {
        var items = new Dictionary<string, ItemDescription>();
        if (meta is null) return items;
        var key = _fields.Value.Item;
        using var lines = new JsonLines(meta, $"a JSON object or a Python literal with {key}, title and categories");
        JsonLines.ReadObject<ItemDescription> read = (ref reader) => JsonItem.Read(ref reader, lines, key, "title");
        var literal = new PythonLiteral();
        while (lines.Next())
        {
            var line = PythonLiteral.IsLikely(lines.Line) ? literal.ToJson(lines.Line) : lines.Line;
            var item = lines.Parse(line, read);
            items.TryAdd(item.Key, item);
        }
        return items;
    }

    private static string? MetaIn(string folder) => All(folder, IsMeta) switch
    {
        [] => null,
        [var only] => only,
        var several => throw new DatasetException(
            $"{string.Join(", ", several.Select(Path.GetFileName))} could each be the file of items", folder,
            $"one {MetaPrefix}* at most", "take the others away"),
    };

    private static string[] All(string folder, Func<string, bool> named) =>
        [.. SourceFile.All(folder, Extension, named), .. SourceFile.All(folder, LinesExtension, named)];

    private static bool IsMeta(string name) => name.StartsWith(MetaPrefix, StringComparison.OrdinalIgnoreCase);

    private static bool IsOther(string name) =>
        name == FetchRecord.FileName || name.Contains("item2attributes", StringComparison.OrdinalIgnoreCase);

    /// <summary>The form of the first line; what is in neither form is a fault of the older one when it is read.</summary>
    private static JsonFields FieldsOf(string reviews)
    {
        using var lines = new JsonLines(reviews, "a JSON object");
        return lines.Next() && Has(lines.Line, _since2023.Item) && !Has(lines.Line, _until2018.User) ? _since2023 : _until2018;
    }

    private static bool Has(ReadOnlySpan<byte> line, string name)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals(name)) return true;
                reader.Skip();
            }
            return false;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // a fault of the line, which reading it names
        }
    }
}
