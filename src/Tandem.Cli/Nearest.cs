namespace Tandem.Cli;

/// <summary>The nearest known name to one that is unknown.</summary>
internal static class Nearest
{
    /// <summary>The known name at the smallest edit distance; null where that is more than a third of the name's length.</summary>
    /// <param name="name">As it was written.</param>
    /// <param name="known">What could be meant; of equals the first.</param>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var most = Math.Max(1, name.Length / 3);
        return known.Select(other => (Name: other, Edits: Edits(name.ToUpperInvariant(), other.ToUpperInvariant())))
            .Where(other => other.Edits <= most).OrderBy(other => other.Edits).Select(other => other.Name).FirstOrDefault();
    }

    /// <summary>Such as <c>; did you mean 'sasrec'?</c>, empty where nothing is near.</summary>
    public static string Hint(string name, IEnumerable<string> known) => Of(name, known) is { } near ? $"; did you mean '{near}'?" : "";

    /// <summary>Edit distance with swaps of neighbours (optimal string alignment).</summary>
    private static int Edits(string one, string other)
    {
        var d = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= other.Length; j++) d[0, j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = d[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replaced, 1 + Math.Min(d[i - 1, j], d[i, j - 1]));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[one.Length, other.Length];
    }
}
