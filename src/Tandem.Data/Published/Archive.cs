using System.IO.Compression;

namespace Tandem.Data.Published;

/// <summary>Zip archives of publishers.</summary>
internal static class Archive
{
    /// <summary>
    /// Unpacks all files; where all lie in one folder of the archive, its content comes directly into the folder, so that its layout is
    /// recognised.
    /// </summary>
    /// <exception cref="DatasetException">The archive is damaged, or names a file outside the folder.</exception>
    public static void Unpack(string path, string folder)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            // A name that ends in a slash is a folder; __MACOSX holds the resource forks of the machine that packed it.
            var files = archive.Entries.Where(e => e.Name.Length > 0 && !e.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal))
                .ToArray();
            var common = CommonFolder(files);
            foreach (var entry in files)
                Extract(entry, Target(entry.FullName[common.Length..], folder, path));
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException(e.Message, path, "a whole zip archive", "delete it and fetch the data again", e);
        }
    }

    private static void Extract(ZipArchiveEntry entry, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        entry.ExtractToFile(target, overwrite: true);
    }

    private static string CommonFolder(ZipArchiveEntry[] files)
    {
        if (files is not [var first, ..] || first.FullName.IndexOf('/') is not (> 0 and var slash)) return "";
        var folder = first.FullName[..(slash + 1)];
        return files.All(e => e.FullName.StartsWith(folder, StringComparison.Ordinal)) ? folder : "";
    }

    private static string Target(string name, string folder, string archive)
    {
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var target = Path.GetFullPath(Path.Combine(root, name));
        return target.StartsWith(root, StringComparison.Ordinal)
            ? target
            : throw new DatasetException($"names the file '{name}'", archive, "files inside the folder", "do not use this archive");
    }
}
