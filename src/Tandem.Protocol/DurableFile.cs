using System.Text;

namespace Tandem.Protocol;

/// <summary>Files that are either the old content or the whole new content, whenever the power fails. One writer at a time.</summary>
internal static class DurableFile
{
    /// <summary>Writes a text in UTF-8, as <see cref="Write"/> does.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes to <c>.tmp</c> beside <paramref name="path"/>, flushes it to disk, and renames it over the target.</summary>
    /// <remarks>
    /// The temporary name is always the same: a phone kills its apps daily, and each kill would leave another file behind. A second
    /// writer of the same target gets an <see cref="IOException"/>.
    /// </remarks>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = $"{path}.tmp";
        var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
