namespace Tandem.Data.Sources;

/// <summary>
/// MovieLens 1M and 10M as GroupLens publishes them (https://grouplens.org/datasets/movielens): <c>ratings.dat</c>
/// (<c>user::movie::rating::unix time</c>) and <c>movies.dat</c> (<c>movie::title::genre|genre|…</c>, Latin-1 in 1M and UTF-8 in 10M; the
/// bytes tell which). Every rating is an event, whatever its value.
/// </summary>
/// <param name="folder">The folder; its own name becomes the data set's.</param>
public sealed class MovieLens1mSource(string folder) : IInteractionSource
{
    internal const string RatingsFile = "ratings.dat";
    internal const string MoviesFile = "movies.dat";
    private const string Separator = "::";

    /// <inheritdoc/>
    public string Name { get; } = SourceLayout.FolderName(folder);

    /// <inheritdoc/>
    public bool HasTimes => true;

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read()
    {
        var lines = new SourceLines(SourceFile.Require(folder, RatingsFile), "'user::movie::rating::unix time'");
        foreach (var fields in lines.ReadFields(Separator, minFields: 4, maxFields: 4))
        {
            yield return new Interaction(
                lines.Key(fields[0], "user"), lines.Key(fields[1], "movie"), lines.WholeNumber(fields[3], "time"), lines.Value(fields[2],
                    "rating"));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems()
    {
        var items = new Dictionary<string, ItemDescription>();
        var lines = new SourceLines(SourceFile.Require(folder, MoviesFile), "'movie::title::genre|genre|…'", mayBeLatin1: true);
        foreach (var fields in lines.ReadFields(Separator, minFields: 3, maxFields: 3))
        {
            var item = new ItemDescription(
                lines.Key(fields[0], "movie"), fields[1].Length > 0 ? fields[1] : null, MovieGenres.Split(fields[2]), SemanticIds: null);
            if (!items.TryAdd(item.Key, item))
                throw lines.Fault($"movie '{item.Key}' already has a line");
        }
        return items;
    }
}
