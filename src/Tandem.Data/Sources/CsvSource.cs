namespace Tandem.Data.Sources;

/// <summary>
/// One file of comma-separated values in UTF-8 with a header, <c>*.csv</c> or <c>*.csv.gz</c>; fields may stand in double quotes, and a
/// quote within a field that does not begin with one is a character like any other. Amazon's reviews of 2023
/// (https://amazon-reviews-2023.github.io) are read by the names of their columns: user_id, parent_asin, rating, timestamp in milliseconds.
/// </summary>
public sealed class CsvSource : IInteractionSource
{
    internal const string Extension = ".csv";

    private static readonly ColumnNames _amazon2023 = new()
    {
        User = "user_id",
        Item = "parent_asin",
        Value = "rating",
        Time = "timestamp",
        TimeUnit = TimeUnit.Milliseconds,
    };

    private readonly SeparatedEvents _events;

    /// <summary>Opens no file yet.</summary>
    /// <param name="path">The file; its folder names the data set.</param>
    /// <param name="columns">Names of its columns.</param>
    public CsvSource(string path, ColumnNames columns)
    {
        Name = SourceLayout.FolderName(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _events = new SeparatedEvents(path, columns, SeparatedForm.Csv);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool HasTimes => _events.HasTimes;

    /// <inheritdoc/>
    public bool HasValues => _events.HasValues;

    /// <inheritdoc/>
    public ReadingNotes Notes => _events.Notes;

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read() => _events.Read();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems() => new Dictionary<string, ItemDescription>();

    /// <summary>The names that the file's own header uses, where it is one of the headers known; else the default names.</summary>
    /// <exception cref="SourceException">The file is empty.</exception>
    internal static ColumnNames ColumnsOf(string path)
    {
        using var rows = new SeparatedRows(path, ',', quoted: true, "a header");
        return rows.Header is ["user_id", "parent_asin", "rating", "timestamp", ..] ? _amazon2023 : new ColumnNames();
    }
}
