using Tandem.Data;

namespace Tandem.Cli;

/// <summary>Items that a person names by their keys, oldest first.</summary>
internal static class HistoryKeys
{
    /// <summary>Item ids of what the command line names.</summary>
    /// <param name="catalog">Of the run.</param>
    /// <param name="values">Of <c>--history</c>: a key each, or keys separated by commas.</param>
    /// <param name="file">Of <c>--history-file</c>: a key a line, taken as it is; null where there is none.</param>
    /// <exception cref="UsageException">A key is unknown or can be read in two ways, or there is none.</exception>
    public static int[] Find(Catalog catalog, IReadOnlyList<string> values, string? file)
    {
        if (values.Count > 0 && file is not null)
            throw new UsageException("--history and --history-file: the order between the two is not known; give one of them");
        var items = file is null ? values.SelectMany(value => Split(catalog, value)) : Lines(catalog, file);
        return items.ToArray() is [_, ..] found
            ? found
            : throw new UsageException(
                $"{(file is null ? "--history" : $"--history-file {file}")}: no item key; "
                + $"expected one at least, such as '{catalog[1].Key}': "
                + "after no event a model has nothing to tell items apart by");
    }

    /// <summary>A value that is a key as a whole is that key, however many commas it has.</summary>
    private static IEnumerable<int> Split(Catalog catalog, string value)
    {
        var keys = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (catalog.FindId(value) is not (var whole and not 0)) return [.. keys.Select(key => Find(catalog, key, "--history"))];
        return keys.Length < 2 || keys.Any(key => catalog.FindId(key) == 0)
            ? [whole]
            : throw new UsageException(
                $"--history: '{value}' is one key, and so are its parts between the commas; give a key a line with --history-file");
    }

    private static int[] Lines(Catalog catalog, string file)
    {
        if (!File.Exists(file))
            throw new UsageException($"--history-file {file}: no such file; expected item keys, one a line, oldest first");
        return
        [
            .. File.ReadLines(file).Index().Where(line => line.Item.Length > 0)
                .Select(line => Find(catalog, line.Item, $"{file}, line {line.Index + 1}")),
        ];
    }

    private static int Find(Catalog catalog, string key, string where)
    {
        if (catalog.FindId(key) is var id and not 0) return id;
        var hint = Nearest.Hint(key, Enumerable.Range(1, catalog.Count).Select(item => catalog[item].Key));
        throw new UsageException(
            $"{where}: no item has the key '{key}'{hint}; expected keys of the run's data set, such as '{catalog[1].Key}'; "
            + "a key with a comma in it stands in a --history of its own or in a line of --history-file");
    }
}
