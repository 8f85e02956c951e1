namespace Tandem.Data.Published;

/// <summary>A file on a publisher's server.</summary>
/// <param name="Url">Where it lies.</param>
/// <param name="Name">Its name in the folder, by which the folder's layout is recognised; a name ending in <c>.zip</c> is unpacked.</param>
/// <param name="Checksum">Where the publisher keeps the file's MD5, as text; null: nowhere.</param>
public sealed record PublishedFile(Uri Url, string Name, Uri? Checksum = null)
{
    internal bool IsArchive => Name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>The same file on another server, which has all of the set's files in one folder under the publisher's names.</summary>
    internal PublishedFile From(Uri mirror) =>
        this with { Url = Moved(Url, mirror), Checksum = Checksum is null ? null : Moved(Checksum, mirror) };

    private static Uri Moved(Uri url, Uri mirror) => new(mirror.AbsoluteUri.TrimEnd('/') + "/" + url.Segments[^1]);
}
