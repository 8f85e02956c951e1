namespace Tandem.Data.Sources;

/// <summary>
/// RecBole's atomic files (https://recbole.io/docs/user_guide/data/atomic_files.html), separated by tabs, each column named
/// <c>name:type</c>: one <c>*.inter</c> with user_id and item_id, and rating and timestamp where they are there; optionally one
/// <c>*.item</c> with item_id, a title (title, movie_title, item_name or name) and categories (categories, category, class or genre,
/// with spaces between them).
/// </summary>
public sealed class RecBoleSource : IInteractionSource
{
    internal const string InteractionsExtension = ".inter";
    private const string ItemsExtension = ".item";
    private const string Item = "item_id";

    private static readonly string[] _titles = ["title", "movie_title", "item_name", "name"];
    private static readonly string[] _categories = ["categories", "category", "class", "genre"];

    private readonly SeparatedEvents _events;
    private readonly string? _items;

    /// <summary>Reads the header.</summary>
    /// <param name="interactions">Path of the <c>*.inter</c> file; its folder's name becomes the data set's.</param>
    /// <param name="items">Path of the <c>*.item</c> file; null: none.</param>
    /// <exception cref="SourceException">The file of interactions is empty.</exception>
    public RecBoleSource(string interactions, string? items)
    {
        Name = SourceLayout.FolderName(Path.GetDirectoryName(Path.GetFullPath(interactions))!);
        _items = items;
        using var rows = Open(interactions, "'user_id:token<TAB>item_id:token<TAB>rating:float<TAB>timestamp:float' as header");
        var columns = new ColumnNames { User = Named(rows, "user_id"), Item = Named(rows, Item) };
        if (Find(rows, "timestamp") is { } time) columns = columns with { Time = time };
        if (Find(rows, "rating") is { } rating) columns = columns with { Value = rating };
        _events = new SeparatedEvents(interactions, columns, '\t', quoted: false);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool HasTimes => _events.HasTimes;

    /// <summary>The source of a folder with one <c>*.inter</c> file, or null.</summary>
    internal static RecBoleSource? In(string folder) =>
        SourceFile.OnlyOne(folder, InteractionsExtension) is { } interactions
            ? new RecBoleSource(interactions, SourceFile.OnlyOne(folder, ItemsExtension))
            : null;

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read() => _events.Read();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems()
    {
        var items = new Dictionary<string, ItemDescription>();
        if (_items is null) return items;
        using var rows = Open(_items, "a row as the header says");
        var key = rows.Require(Named(rows, Item));
        var (title, categories) = (Place(rows, _titles), Place(rows, _categories));
        while (rows.Next())
        {
            var item = new ItemDescription(
                rows.Key(key), title is { } t && !rows[t].IsEmpty ? rows[t].ToString() : null,
                categories is { } c ? CategoriesOf(rows[c].ToString()) : [], SemanticIds: null);
            if (!items.TryAdd(item.Key, item))
                throw rows.Fault($"item '{item.Key}' already has a line");
        }
        return items;
    }

    private static SeparatedRows Open(string path, string expected) => new(path, '\t', quoted: false, expected);

    private static string[] CategoriesOf(string field) => field.Replace(DatasetTables.CategorySeparator, '/')
        .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static int? Place(SeparatedRows rows, string[] names) =>
        names.Select(name => Find(rows, name)).OfType<string>().FirstOrDefault() is { } found ? rows.Find(found) : null;

    private static string Named(SeparatedRows rows, string name) => Find(rows, name) ?? rows.Header[rows.Require(name)];

    private static string? Find(SeparatedRows rows, string name) =>
        rows.Header.FirstOrDefault(column => column.Split(':')[0] == name);
}
