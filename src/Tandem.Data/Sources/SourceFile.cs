namespace Tandem.Data.Sources;

/// <summary>Files of a source, packed with gzip or not.</summary>
internal static class SourceFile
{
    private const string Packed = ".gz";

    /// <summary>
    /// The file's bytes, unpacked where they are packed with gzip, whatever the name: a server may have unpacked what is named so.
    /// </summary>
    /// <exception cref="DatasetException">
    /// The file cannot be read, or is not text, packed with gzip or not. Reading on finds out whether a packed file is whole.
    /// </exception>
    public static Stream Open(string path)
    {
        var head = Head(OpenBytes(path));
        if (!FileSignature.IsGzip(head))
        {
            if (head.Length == 0 && IsNamedPacked(path)) throw Unfit("is empty", path);
            RequireText(head, path);
            return OpenBytes(path);
        }
        var unpacked = Head(new GzipMembers(OpenBytes(path), path));
        if (FileSignature.IsGzip(unpacked)) throw Unfit("is packed with gzip twice", path);
        RequireText(unpacked, path);
        return new GzipMembers(OpenBytes(path), path);
    }

    /// <summary>The file's bytes as they are.</summary>
    /// <exception cref="DatasetException">It cannot be read, or is a pipe or a device.</exception>
    public static FileStream OpenBytes(string path)
    {
        try
        {
            // A pipe has no length, and opening it would wait for a writer; one that may also be written is opened at once.
            if (new FileInfo(path).Length == 0)
            {
                using (var empty = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
                {
                    if (!empty.CanSeek)
                        throw new DatasetException("is a pipe or a device", path, "a file", "write what comes from it to a file first");
                }
            }

            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(
                "cannot be read: " + e.Message, path, "a file that may be read", "check what lies there and its permissions", e);
        }
    }

    /// <summary>The file of that name in the folder, or of that name and <c>.gz</c>; null where there is none.</summary>
    /// <exception cref="DatasetException">Both lie there.</exception>
    public static string? Find(string folder, string name)
    {
        var (plain, packed) = (Path.Combine(folder, name), Path.Combine(folder, name + Packed));
        if (File.Exists(plain) && File.Exists(packed))
            throw new DatasetException($"holds both {name} and {name}{Packed}", folder, "one of them", "take the other away");
        return File.Exists(plain) ? plain : File.Exists(packed) ? packed : null;
    }

    /// <summary>The file of that name in the folder, or of that name and <c>.gz</c>.</summary>
    /// <exception cref="DatasetException">There is none, or both lie there.</exception>
    public static string Require(string folder, string name) => Find(folder, name)
        ?? throw new DatasetException($"no file {name}", folder, $"{name} or {name}{Packed}", "fetch it");

    /// <summary>The one file of the folder whose name ends so (or so and <c>.gz</c>); null where there is none, or more than one.</summary>
    public static string? OnlyOne(string folder, string extension, Func<string, bool>? named = null) =>
        All(folder, extension, named) is [var only] ? only : null;

    /// <summary>
    /// The files of the folder whose names end so (or so and <c>.gz</c>), in the order of their names; hidden ones, which begin with a dot,
    /// do not count: archives of some systems leave one beside every file.
    /// </summary>
    public static string[] All(string folder, string extension, Func<string, bool>? named = null) =>
        !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateFiles(folder)
            .Where(path => HasExtension(path,
                extension) && Path.GetFileName(path) is var name && name[0] != '.' && named?.Invoke(name) != false)
            .Order(StringComparer.Ordinal)];

    private static bool HasExtension(string path, string extension) =>
        path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(extension + Packed, StringComparison.OrdinalIgnoreCase);

    private static bool IsNamedPacked(string path) => path.EndsWith(Packed, StringComparison.OrdinalIgnoreCase);

    private static byte[] Head(Stream stream)
    {
        using (stream)
        {
            var head = new byte[FileSignature.Size];
            return head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }
    }

    private static void RequireText(ReadOnlySpan<byte> head, string path)
    {
        if (FileSignature.Foreign(head) is { } foreign) throw Unfit("is " + foreign, path);
        if (IsNamedPacked(path) && FileSignature.IsBinary(head))
            throw Unfit("is neither packed with gzip nor text", path);
    }

    private static DatasetException Unfit(string what, string path) =>
        new(what, path, "text, plain or packed with gzip", "unpack it, or fetch it again");
}
