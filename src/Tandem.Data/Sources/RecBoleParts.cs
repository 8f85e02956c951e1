namespace Tandem.Data.Sources;

/// <summary>The files of interactions of a RecBole folder.</summary>
internal static class RecBoleParts
{
    private const string Extension = RecBoleSource.InteractionsExtension;

    private static readonly string[] _parts = ["train", "valid", "test"];

    /// <summary>
    /// The one <c>*.inter</c>, or the parts <c>x.train.inter</c>, <c>x.valid.inter</c>, <c>x.test.inter</c> of one x in this order; else
    /// none.
    /// </summary>
    public static IReadOnlyList<string> In(string folder)
    {
        if (SourceFile.OnlyOne(folder, Extension) is { } only) return [only];
        string?[] parts = [.. _parts.Select(part => SourceFile.OnlyOne(folder, $".{part}{Extension}"))];
        string[] found = [.. parts.OfType<string>()];
        return found.Length > 1 && found.DistinctBy(Stem).Count() == 1 && SourceFile.All(folder, Extension).Length == found.Length
            ? found
            : [];
    }

    /// <summary>What stands before <c>.train.inter</c>.</summary>
    private static string Stem(string path)
    {
        var name = Path.GetFileName(path);
        var part = name.LastIndexOf(Extension, StringComparison.OrdinalIgnoreCase);
        return name[..name.LastIndexOf('.', part - 1)];
    }
}
