namespace Tandem.Data.Sources;

/// <summary>Where in a table's header the columns of events are.</summary>
/// <param name="User">Place of the users' keys.</param>
/// <param name="Item">Place of the items' keys.</param>
/// <param name="Time">Place of the times, or -1.</param>
/// <param name="Value">Place of the values, or -1.</param>
/// <param name="Unread">Names of all others, in the header's order.</param>
internal sealed record EventColumns(int User, int Item, int Time, int Value, IReadOnlyList<string> Unread)
{
    /// <summary>A fault of the header: what was found, what was expected, what to do.</summary>
    public delegate Exception HeaderFault(string what, string expected, string remedy);

    /// <summary>One line for a person where columns are unread, or null.</summary>
    /// <param name="file">Name of the table.</param>
    public string? UnreadLine(string file)
    {
        if (Unread.Count == 0) return null;
        var remedy = (Time < 0, Value < 0) switch
        {
            (true, true) => "; there are neither times nor ratings: name columns of them with --time-column and --value-column",
            (true, false) => "; there are no times: name a column of them with --time-column",
            (false, true) => "; there are no ratings: name a column of them with --value-column",
            _ => "",
        };
        return $"{file}: column{(Unread.Count == 1 ? "" : "s")} not read: {string.Join(", ", Unread)}{remedy}";
    }

    /// <param name="header">The columns' names.</param>
    /// <param name="names">The names asked for; they come before the usual ones.</param>
    /// <param name="fault">Makes the exception of a header that lacks a column or leaves open which one is meant.</param>
    public static EventColumns Find(IReadOnlyList<string> header, ColumnNames names, HeaderFault fault)
    {
        var search = new Search(header, fault);
        var (user, item) = (search.Named(names.User, "--user-column"), search.Named(names.Item, "--item-column"));
        var (time, value) = (search.Named(names.Time, "--time-column"), search.Named(names.Value, "--value-column"));
        var found = new EventColumns(
            user ?? search.Usual(UsualNames.User, "users", "--user-column") ?? throw search.Missing(
                "users", UsualNames.User, "--user-column"),
            item ?? search.Usual(UsualNames.Item, "items", "--item-column") ?? throw search.Missing(
                "items", UsualNames.Item, "--item-column"),
            (names.Time == ColumnNames.None ? -1 : time ?? search.Usual(UsualNames.Time, "times", "--time-column")) ?? -1,
            (names.Value == ColumnNames.None ? -1 : value ?? search.Usual(UsualNames.Value, "ratings", "--value-column")) ?? -1,
            []);
        return found with { Unread = [.. header.Where((_, at) => !search.Taken.Contains(at))] };
    }

    private sealed class Search(IReadOnlyList<string> header, HeaderFault fault)
    {
        public HashSet<int> Taken { get; } = [];

        public int? Named(string? name, string option)
        {
            if (name is null or ColumnNames.None) return null;
            return Only(at => header[at] == name, $"'{name}'", option)
                ?? throw fault($"no column '{name}' among '{All}'", "the columns that were named", $"name one of these with {option}");
        }

        public int? Usual(string[] names, string what, string option) =>
            names.Select(name => Only(at => !Taken.Contains(at) && UsualNames.Plain(header[at]) == name, what, option))
                .FirstOrDefault(at => at is not null);

        public Exception Missing(string what, string[] names, string option) =>
            fault($"no column of {what} among '{All}'", $"one named {names[0]}, {names[0]}_id or the like", $"name it with {option}");

        private string All => string.Join(", ", header);

        private int? Only(Predicate<int> fits, string what, string option)
        {
            int[] places = [.. Enumerable.Range(0, header.Count).Where(at => fits(at))];
            if (places.Length > 1)
            {
                throw fault(
                    $"columns {string.Join(" and ", places.Select(at => $"'{header[at]}'"))} both name {what}", "one column of a name",
                    $"rename one, or name the right one with {option}");
            }

            if (places is [var only]) Taken.Add(only);
            return places is [var place] ? place : null;
        }
    }
}
