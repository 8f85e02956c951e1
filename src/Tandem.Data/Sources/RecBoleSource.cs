namespace Tandem.Data.Sources;

/// <summary>
/// RecBole's atomic files (https://recbole.io/docs/user_guide/data/atomic_files.html), separated by tabs, each column named
/// <c>name:type</c>: <c>*.inter</c> with users and items, and ratings and times where they are there, under the names of
/// <see cref="ColumnNames"/>; a row whose <c>label</c> is 0 is a negative sample and no event. Optionally one <c>*.item</c> with item_id, a
/// title (title, movie_title, item_name or name) and categories (categories, category, class or genre; see
/// <see cref="RecBoleCategories"/>). A log that was split, <c>x.train.inter</c>, <c>x.valid.inter</c> and <c>x.test.inter</c>, is read as
/// one, in this order.
/// </summary>
public sealed class RecBoleSource : IInteractionSource
{
    internal const string InteractionsExtension = ".inter";
    private const string ItemsExtension = ".item";
    private const string Item = "item_id";
    private const string ListSuffix = "_list";

    private static readonly string[] _titles = ["title", "movie_title", "item_name", "name"];
    private static readonly string[] _categories = ["categories", "category", "class", "genre"];

    private readonly SeparatedEvents[] _events;
    private readonly string? _partsLine;
    private readonly string? _items;
    private string[] _itemLines = [];

    /// <summary>Reads the headers.</summary>
    /// <param name="interactions">
    /// Paths of one <c>*.inter</c> file, or of the parts of a split one in order; the first one's folder names the data set.
    /// </param>
    /// <param name="items">Path of the <c>*.item</c> file; null: none.</param>
    /// <param name="columns">Names of the columns of interactions, without their types; null: the usual ones.</param>
    /// <exception cref="SourceException">
    /// A file of interactions is empty or holds histories, or the parts have not the same columns.
    /// </exception>
    public RecBoleSource(IReadOnlyList<string> interactions, string? items, ColumnNames? columns = null)
    {
        Name = SourceLayout.FolderName(Path.GetDirectoryName(Path.GetFullPath(interactions[0]))!);
        _items = items;
        RequireEvents(interactions);
        _events = [.. interactions.Select(path => new SeparatedEvents(path, columns ?? new ColumnNames(), SeparatedForm.RecBole))];
        if (interactions.Count > 1)
            _partsLine = $"{string.Join(", ", interactions.Select(Path.GetFileName))} are read as one log; the split is Tandem's own";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool HasTimes => _events[0].HasTimes;

    /// <inheritdoc/>
    public bool HasValues => _events[0].HasValues;

    /// <inheritdoc/>
    public ReadingNotes Notes => _events[0].Notes.And([.. _events.Skip(1).SelectMany(part => part.Notes.Lines), _partsLine, .. _itemLines]);

    /// <summary>The source of a folder with one log, or null.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="columns">Names of the columns of interactions; null: the usual ones.</param>
    internal static RecBoleSource? In(string folder, ColumnNames? columns = null) =>
        RecBoleParts.In(folder) is { Count: > 0 } interactions
            ? new RecBoleSource(interactions, SourceFile.OnlyOne(folder, ItemsExtension), columns)
            : null;

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read() => _events.SelectMany(part => part.Read());

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
                categories is { } c ? RecBoleCategories.Split(rows[c].ToString()) : [], SemanticIds: null);
            if (!items.TryAdd(item.Key, item))
                throw rows.Fault($"item '{item.Key}' already has a line");
        }
        _itemLines = rows.Lines(key, title ?? key, categories ?? key);
        return items;
    }

    private static void RequireEvents(IReadOnlyList<string> interactions)
    {
        string[]? first = null;
        foreach (var path in interactions)
        {
            using var rows = Open(path, "'user_id:token<TAB>item_id:token<TAB>rating:float<TAB>timestamp:float' as header");
            if (rows.Header is [var only])
            {
                throw HeaderFault(
                    path, $"the header is one column, '{only}'", "columns with tabs between them", "write tabs between the fields");
            }

            if (rows.Header.FirstOrDefault(column => SeparatedForm.RecBole.NameOf(column).EndsWith(ListSuffix,
                StringComparison.Ordinal)) is { } list)
            {
                throw HeaderFault(
                    path, $"'{list}' holds histories", "one event a row", "give the atomic file that the histories were made of");
            }

            first ??= [.. rows.Header];
            if (!rows.Header.SequenceEqual(first))
            {
                throw HeaderFault(
                    path, $"the columns are '{string.Join(", ", rows.Header)}'",
                    $"'{string.Join(", ", first)}', as in {Path.GetFileName(interactions[0])}", "give the parts the same columns");
            }
        }
    }

    private static SourceException HeaderFault(string path, string what, string expected, string remedy) =>
        new(Path.GetFileName(path), 1, what, expected, remedy);

    private static SeparatedRows Open(string path, string expected) => new(path, '\t', quoted: false, expected);

    private static int? Place(SeparatedRows rows, string[] names) =>
        names.Select(name => Find(rows, name)).OfType<string>().FirstOrDefault() is { } found ? rows.Find(found) : null;

    private static string Named(SeparatedRows rows, string name) => Find(rows, name) ?? rows.Header[rows.Require(name)];

    private static string? Find(SeparatedRows rows, string name) =>
        rows.Header.FirstOrDefault(column => SeparatedForm.RecBole.NameOf(column) == name);
}
