namespace Tandem.Data.Sources;

/// <summary>
/// Texts of whole numbers under names of their authors' (<c>Beauty.txt</c>, <c>ml-1m.txt</c>): sequence text or pair text, as their first
/// lines say.
/// </summary>
internal static class NumberText
{
    private const string Extension = ".txt";
    private const string SampleSuffix = "_sample";
    private const int LookedAt = 1 << 16;

    /// <summary>The source of a folder with one such text, or null.</summary>
    public static IInteractionSource? In(string folder)
    {
        if (All(folder) is not [var only]) return null;
        return FirstLines(only).All(line => line.Length == 2) ? new PairTextSource(folder, only) : new SequenceTextSource(folder, only);
    }

    /// <summary>
    /// The texts of the folder whose first line has two whole numbers or more. S3-Rec's <c>X_sample.txt</c>, the negative items that it
    /// ranks against, does not count beside <c>X.txt</c>.
    /// </summary>
    public static string[] All(string folder)
    {
        var texts = Array.FindAll(
            SourceFile.All(folder, Extension), path => FirstLines(path) is [{ Length: >= 2 } first, ..] && first.All(IsNumber));
        var names = texts.Select(Stem).ToHashSet();
        return Array.FindAll(texts, path => !(Stem(path) is var stem && stem.EndsWith(SampleSuffix, StringComparison.Ordinal)
            && names.Contains(stem[..^SampleSuffix.Length])));
    }

    private static string Stem(string path) =>
        Path.GetFileName(path)[..Path.GetFileName(path).IndexOf(Extension, StringComparison.OrdinalIgnoreCase)];

    private static bool IsNumber(string field) => field.All(char.IsAsciiDigit);

    /// <summary>Fields of the lines at the file's beginning; the last line may lack some.</summary>
    private static string[][] FirstLines(string path)
    {
        using var reader = new StreamReader(SourceFile.Open(path));
        var text = new char[LookedAt];
        var length = reader.ReadBlock(text);
        var lines = new string(text, 0, length).Split('\n', '\r')
            .Select(line => line.Split(SourceLines.Blanks, StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 0).ToArray();
        return length == LookedAt && lines.Length > 1 ? lines[..^1] : lines;
    }
}
