namespace Tandem.Protocol;

/// <summary>Files that may be links: volumes of containers and caches of models are made of them.</summary>
internal static class FileLink
{
    /// <summary>Where a path leads in the end, the path itself where it is no link.</summary>
    public static string FinalTarget(string path)
    {
        var file = new FileInfo(path); // File.ResolveLinkTarget throws where there is nothing
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    /// <summary>
    /// Bytes of a file, or of what a link leads to; null where there is none. 0 for pipes and devices too: whoever refuses empty files
    /// never opens one, which could wait without end.
    /// </summary>
    public static long? SizeOf(string path) => new FileInfo(FinalTarget(path)) is { Exists: true } file ? file.Length : null;
}
