using System.Net.Http.Headers;

namespace Tandem.Data.Published;

/// <summary>
/// The part of a download that is here, in <c>name.partial</c>, with the address and the entity tag of the whole in
/// <c>name.partial.tag</c>: a part goes on only with the same version of the same file.
/// </summary>
internal sealed class PartialFile(string path, Uri url)
{
    private readonly string _data = path + ".partial";
    private readonly string _tag = path + ".partial.tag";

    public long Length => File.Exists(_data) ? new FileInfo(_data).Length : 0;

    /// <summary>The tag under which the part can go on; null: it has to begin anew.</summary>
    public EntityTagHeaderValue? Tag =>
        Length > 0 && File.Exists(_tag) && File.ReadAllLines(_tag) is [var address, var tag] && address == url.AbsoluteUri
        && EntityTagHeaderValue.TryParse(tag, out var parsed) ? parsed : null;

    /// <summary>Empties the part; what comes now belongs to the tag. A weak tag does not promise equal bytes and counts as none.</summary>
    public void Restart(EntityTagHeaderValue? tag)
    {
        File.Delete(_tag);
        File.Create(_data).Dispose();
        if (tag is { IsWeak: false }) File.WriteAllLines(_tag, [url.AbsoluteUri, tag.ToString()]);
    }

    public FileStream Append() => new(_data, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 1 << 17);

    public void Discard()
    {
        File.Delete(_tag);
        File.Delete(_data);
    }

    /// <summary>The part is the whole.</summary>
    public void Finish()
    {
        File.Move(_data, path, overwrite: true);
        File.Delete(_tag);
    }
}
