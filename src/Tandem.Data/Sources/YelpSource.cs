namespace Tandem.Data.Sources;

/// <summary>
/// Yelp's open dataset (https://business.yelp.com/data/resources/open-dataset): <c>yelp_academic_dataset_review.json</c> (user_id,
/// business_id, stars, date, which older releases give without the time of day) and, where it is there,
/// <c>yelp_academic_dataset_business.json</c> (business_id, name, categories with
/// commas between them); a JSON object a line. Every review is an event, whatever its stars.
/// </summary>
/// <param name="folder">The folder; its own name becomes the data set's.</param>
public sealed class YelpSource(string folder) : IInteractionSource
{
    internal const string ReviewsFile = "yelp_academic_dataset_review.json";
    private const string BusinessesFile = "yelp_academic_dataset_business.json";

    private static readonly JsonFields _fields = new("user_id", "business_id", "stars", "date");

    /// <inheritdoc/>
    public string Name { get; } = SourceLayout.FolderName(folder);

    /// <inheritdoc/>
    public bool HasTimes => true;

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read() => new JsonEvents(SourceFile.Require(folder, ReviewsFile), _fields).Read();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems()
    {
        var items = new Dictionary<string, ItemDescription>();
        if (SourceFile.Find(folder, BusinessesFile) is not { } path) return items;
        using var lines = new JsonLines(path, "a JSON object with business_id, name and categories");
        JsonLines.ReadObject<ItemDescription> read = (ref reader) => JsonItem.Read(ref reader, lines, "business_id", "name");
        while (lines.Next())
        {
            var item = lines.Parse(lines.Line, read);
            if (!items.TryAdd(item.Key, item))
                throw lines.Fault($"business '{item.Key}' already has a line");
        }
        return items;
    }
}
