using System.Text;

namespace Tandem.Protocol;

/// <summary>Files that are either the old content or the whole new content, whenever the power fails. One writer at a time.</summary>
internal static class DurableFile
{
    private const UnixFileMode UserOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a text in UTF-8, as <see cref="Write"/> does.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Writes to <c>.tmp</c> beside the target, flushes it to disk, and renames it over the target: where <paramref name="path"/> is a
    /// link, over the file that it leads to. The permissions of a file that is replaced stay.
    /// </summary>
    /// <remarks>
    /// The temporary name is always the same: a phone kills its apps daily, and each kill would leave another file behind. A second
    /// writer of the same target gets an <see cref="IOException"/>.
    /// </remarks>
    /// <param name="path">In an existing folder.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="isPrivate">True where a new file is for its user alone to read.</param>
    public static void Write(string path, Action<Stream> write, bool isPrivate = false) =>
        WriteAsync(path, stream =>
        {
            write(stream);
            return Task.CompletedTask;
        }, isPrivate).GetAwaiter().GetResult(); // has run to its end: nothing in it waits but what writes

    /// <summary>As <see cref="Write"/>, for content that is waited for.</summary>
    public static async Task WriteAsync(string path, Func<Stream, Task> write, bool isPrivate = false)
    {
        var target = FileLink.FinalTarget(path);
        var temporary = $"{target}.tmp";
        var mode = ModeOf(target, isPrivate);
        var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None);
        try
        {
            using (stream)
            {
                if (mode is { } permissions) SetMode(stream, permissions);
                await write(stream).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>How a file that is for its user alone is opened or made.</summary>
    public static FileStreamOptions Private(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open) options.UnixCreateMode = UserOnly;
        return options;
    }

    private static UnixFileMode? ModeOf(string target, bool isPrivate)
    {
        if (OperatingSystem.IsWindows()) return null;
        return File.Exists(target) ? File.GetUnixFileMode(target) : isPrivate ? UserOnly : null;
    }

    /// <summary>Not where it is so already: there are file systems that refuse every change.</summary>
    private static void SetMode(FileStream stream, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()
            && File.GetUnixFileMode(stream.SafeFileHandle) != mode)
        {
            File.SetUnixFileMode(stream.SafeFileHandle, mode);
        }
    }
}
