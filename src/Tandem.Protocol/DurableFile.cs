namespace Tandem.Protocol;

/// <summary>Files that are either the old content or the whole new content, whenever the power fails.</summary>
internal static class DurableFile
{
    /// <summary>Writes to a temporary file beside <paramref name="path"/>, flushes it to disk, and renames it over the target.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
