namespace Tandem.Data.Sources;

/// <summary>
/// MovieLens 20M, 25M, 32M and the "latest" sets as GroupLens publishes them (https://grouplens.org/datasets/movielens): <c>ratings.csv</c>
/// (userId, movieId, rating, timestamp) and <c>movies.csv</c> (movieId, title, genres with <c>|</c> between them), both with a header.
/// Every rating is an event, whatever its value.
/// </summary>
/// <param name="folder">The folder; its own name becomes the data set's.</param>
public sealed class MovieLensCsvSource(string folder) : IInteractionSource
{
    internal const string RatingsFile = "ratings.csv";
    internal const string MoviesFile = "movies.csv";

    private static readonly ColumnNames _columns = new()
    {
        User = "userId",
        Item = "movieId",
        Value = "rating",
        Time = "timestamp",
        TimeUnit = TimeUnit.Seconds,
    };

    private readonly SeparatedEvents _events = new(SourceFile.Require(folder, RatingsFile), _columns, SeparatedForm.Csv);
    private string[] _itemLines = [];

    /// <inheritdoc/>
    public string Name { get; } = SourceLayout.FolderName(folder);

    /// <inheritdoc/>
    public bool HasTimes => true;

    /// <inheritdoc/>
    public ReadingNotes Notes => _events.Notes.And(_itemLines);

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read() => _events.Read();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems()
    {
        var items = new Dictionary<string, ItemDescription>();
        using var rows = new SeparatedRows(
            SourceFile.Require(folder, MoviesFile), ',', quoted: true, "'movieId,title,genre|genre|…' under a header");
        var (movie, title, genres) = (rows.Require("movieId"), rows.Require("title"), rows.Require("genres"));
        while (rows.Next())
        {
            var item = new ItemDescription(
                rows.Key(movie), rows[title].IsEmpty
                    ? null
                    : rows[title].ToString(), MovieGenres.Split(rows[genres].ToString()), SemanticIds: null);
            if (!items.TryAdd(item.Key, item))
                throw rows.Fault($"movie '{item.Key}' already has a line");
        }
        _itemLines = rows.Lines(movie, title, genres);
        return items;
    }
}
