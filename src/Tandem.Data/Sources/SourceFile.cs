using System.IO.Compression;

namespace Tandem.Data.Sources;

/// <summary>Files of a source, packed with gzip or not.</summary>
internal static class SourceFile
{
    private const string Packed = ".gz";

    /// <summary>The file's bytes, unpacked where its name ends in <c>.gz</c>.</summary>
    public static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        return path.EndsWith(Packed, StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    /// <summary>The one file of the folder whose name ends so (or so and <c>.gz</c>); null where there is none, or more than one.</summary>
    public static string? OnlyOne(string folder, string extension, Func<string, bool>? named = null)
    {
        if (!Directory.Exists(folder)) return null;
        var found = Directory.EnumerateFiles(folder)
            .Where(path => HasExtension(path, extension) && named?.Invoke(Path.GetFileName(path)) != false)
            .Take(2).ToArray();
        return found is [var only] ? only : null;
    }

    /// <summary>How many files of the folder have names that end so, or so and <c>.gz</c>.</summary>
    public static int Count(string folder, string extension) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Count(path => HasExtension(path, extension)) : 0;

    private static bool HasExtension(string path, string extension) =>
        path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(extension + Packed, StringComparison.OrdinalIgnoreCase);
}
