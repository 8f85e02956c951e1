namespace Tandem.Data.Sources;

/// <summary>Events from separated values under a header.</summary>
/// <param name="path">The file.</param>
/// <param name="columns">Where the header names the fields.</param>
/// <param name="separator">Between the fields.</param>
/// <param name="quoted">True where fields may stand in double quotes.</param>
internal sealed class SeparatedEvents(string path, ColumnNames columns, char separator = ',', bool quoted = true)
{
    private readonly string _expected = $"{Names(columns, separator == '\t' ? "<TAB>" : separator.ToString())} in any order, under a header";

    public bool HasTimes
    {
        get
        {
            using var rows = Open();
            return TimeColumn(rows) >= 0;
        }
    }

    public IEnumerable<Interaction> Read()
    {
        using var rows = Open();
        var (user, item) = (rows.Require(columns.User), rows.Require(columns.Item));
        var (time, value) = (TimeColumn(rows), ValueColumn(rows));
        while (rows.Next())
        {
            yield return new Interaction(
                rows.Key(user), rows.Key(item),
                time < 0 ? 0 : rows.Time(time, columns.TimeUnit),
                value < 0 ? 1 : rows.Value(value));
        }
    }

    private SeparatedRows Open() => new(path, separator, quoted, _expected);

    private int TimeColumn(SeparatedRows rows) => columns.Time is { } named ? rows.Require(named) : rows.Find(ColumnNames.UsualTime);

    private int ValueColumn(SeparatedRows rows) => columns.Value is { } named ? rows.Require(named) : rows.Find(ColumnNames.UsualValue);

    private static string Names(ColumnNames columns, string separator) => string.Join(separator,
        columns.User, columns.Item, columns.Time ?? $"[{ColumnNames.UsualTime}]", columns.Value ?? $"[{ColumnNames.UsualValue}]");
}
