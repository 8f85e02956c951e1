namespace Tandem.Data.Sources;

/// <summary>
/// Categories as RecBole's files write them: names in quotes with commas between them, as Python prints a list
/// (<c>'Video Games', "Women's Shoes"</c>, with or without brackets); names with commas between them; or, as RecBole has it by default,
/// words with spaces between them.
/// </summary>
internal static class RecBoleCategories
{
    /// <summary>The names, each once, <c>|</c> in them replaced by <c>/</c>, which a data set can hold.</summary>
    public static string[] Split(string field)
    {
        var text = field.Replace(Catalog.CategorySeparator, '/').Trim();
        if (text is ['[', .., ']']) text = text[1..^1].Trim();
        IEnumerable<string> names = text is ['\'' or '"', ..] ? Quoted(text)
            : text.Contains(',', StringComparison.Ordinal) ? text.Split(',')
            : text.Split(' ');
        return [.. names.Select(name => name.Trim()).Where(name => name.Length > 0).Distinct()];
    }

    /// <summary>A name ends with its own kind of quote before a comma or the end, so that it may hold the same as an apostrophe.</summary>
    private static List<string> Quoted(string text)
    {
        var names = new List<string>();
        while (text.Length > 0)
        {
            var begin = text[0] is '\'' or '"' ? 1 : 0;
            var end = begin == 0 ? text.IndexOf(',', StringComparison.Ordinal) : Closing(text);
            if (end < 0) end = text.Length;
            names.Add(text[begin..end]);
            text = end + begin >= text.Length ? "" : text[(end + begin)..].TrimStart().TrimStart(',').TrimStart();
        }
        return names;
    }

    private static int Closing(string text)
    {
        for (var at = text.IndexOf(text[0], 1); at > 0; at = text.IndexOf(text[0], at + 1))
        {
            if (text.AsSpan(at + 1).TrimStart() is [] or [',', ..])
                return at;
        }

        return -1;
    }
}
