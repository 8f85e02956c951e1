namespace Tandem.Data.Sources;

/// <summary>Events from separated values under a header.</summary>
/// <param name="path">The file.</param>
/// <param name="columns">Where the header names the fields.</param>
/// <param name="form">How they stand there.</param>
internal sealed class SeparatedEvents(string path, ColumnNames columns, SeparatedForm form)
{
    private readonly string _file = Path.GetFileName(path);
    private readonly string _expected = $"{Names(columns, form.SeparatorName)} in any order, under a header";

    // A column that was found by its usual name may hold something else.
    private readonly string? _timeRemedy = columns.Time is null ? LeaveUnread("--time-column") : null;
    private readonly string? _valueRemedy = columns.Value is null ? LeaveUnread("--value-column") : null;
    private (EventColumns Events, int Label)? _places;
    private TimeUnit? _unit;
    private string? _unitLine, _quotesLine;
    private long _negatives;

    public bool HasTimes => Places.Events.Time >= 0;

    public bool HasValues => Places.Events.Value >= 0;

    /// <summary>Complete when the last event has been read.</summary>
    public ReadingNotes Notes => new()
    {
        UnreadColumns = Places.Events.Unread,
        Lines = [.. new[] { Places.Events.UnreadLine(_file), _unitLine, _quotesLine, NegativesLine }.OfType<string>()],
    };

    private (EventColumns Events, int Label) Places => _places ??= FindPlaces();

    private string? NegativesLine => _negatives == 0 ? null
        : $"{_file}: {_negatives} row{(_negatives == 1 ? " has" : "s have")} {form.Label} 0: negative samples, and no events";

    public IEnumerable<Interaction> Read()
    {
        var (user, item, time, value, _) = Places.Events;
        var label = Places.Label;
        var unit = _unit ??= columns.TimeUnit ?? DetectUnit();
        var negatives = 0L;
        using var rows = Open();
        while (rows.Next())
        {
            if (label >= 0 && rows.Value(label) == 0)
            {
                negatives++;
                continue;
            }
            var at = time < 0 ? default : rows.Time(time, unit, _timeRemedy);
            yield return new Interaction(
                rows.Key(user), rows.Key(item), at.Seconds, value < 0 ? 1 : rows.Value(value, _valueRemedy), at.Fraction);
        }
        (_negatives, _quotesLine) = (negatives, rows.QuotesLine);
    }

    private (EventColumns, int) FindPlaces()
    {
        using var rows = Open();
        string[] header = [.. rows.Header.Select(form.NameOf)];
        var found = EventColumns.Find(header, columns, (what, expected, remedy) => new SourceException(_file, 1, what, expected, remedy));
        var label = form.Label is null || !found.Unread.Contains(form.Label) ? -1 : Array.IndexOf(header, form.Label);
        return (label < 0 ? found : found with { Unread = [.. found.Unread.Where(name => name != form.Label)] }, label);
    }

    private TimeUnit DetectUnit()
    {
        if (!HasTimes) return TimeUnit.Seconds;
        using var rows = Open();
        var times = new List<long>(TimeUnits.Looked);
        while (times.Count < TimeUnits.Looked && rows.Next())
            times.Add(rows.Time(Places.Events.Time, TimeUnit.Seconds, _timeRemedy).Seconds);
        var unit = TimeUnits.Of(times);
        _unitLine = TimeUnits.Line(_file, form.NameOf(rows.Header[Places.Events.Time]), unit);
        return unit;
    }

    private SeparatedRows Open() => new(path, form.Separator, form.Quoted, _expected);

    private static string LeaveUnread(string option) => $"correct the line, or leave the column unread with {option} {ColumnNames.None}";

    private static string Names(ColumnNames columns, string separator) => string.Join(separator, new[]
    {
        columns.User ?? UsualNames.User[0], columns.Item ?? UsualNames.Item[0],
        columns.Time ?? $"[{UsualNames.Time[0]}]", columns.Value ?? $"[{UsualNames.Value[0]}]",
    }.Where(name => name != ColumnNames.None));
}
