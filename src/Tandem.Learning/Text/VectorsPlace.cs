using Tandem.Protocol;

namespace Tandem.Learning.Text;

/// <summary>
/// Where vectors of texts are kept: a file that was named, or one beside the data, or a spare one where that place cannot be written.
/// </summary>
/// <param name="named">A file that somebody chose; null where none did. One of other vectors is refused, never replaced.</param>
/// <param name="usual">The file beside the data, null for none; one of other weights or texts is made anew.</param>
/// <param name="spare">Read and written where the usual place cannot be; null for none.</param>
internal sealed class VectorsPlace(string? named, string? usual, string? spare)
{
    private string? _target;

    /// <summary>The file that holds the vectors; null for none.</summary>
    public string? File { get; private set; }

    /// <summary>The vectors that are kept of an encoder, by the key of the text.</summary>
    /// <exception cref="TextException">A file is damaged, or the named one holds other vectors.</exception>
    public Dictionary<UInt128, float[]> Read(string encoder, string identity)
    {
        var kept = new Dictionary<UInt128, float[]>();
        foreach (var path in Paths)
        {
            // What is there but no file is opened too, and refused by whoever reads it.
            if (!Path.Exists(path)) continue;
            var file = TextVectorsFile.Load(path);
            if (file.Encoder == encoder && file.Identity == identity)
            {
                File ??= path;
                foreach (var (key, vector) in file.Vectors) kept.TryAdd(key, vector);
            }
            else if (named is not null || file.Encoder != encoder)
            {
                throw Refusal(path, file.Encoder, encoder);
            }
        }

        return kept;
    }

    /// <summary>Chooses where to write before work is done that could be lost. Without a place nothing is written.</summary>
    /// <exception cref="TextException">No place can be written.</exception>
    public void Prepare()
    {
        string? fault = null;
        foreach (var path in Paths)
        {
            fault = FaultOf(path);
            if (fault is null)
            {
                _target = path;
                return;
            }
        }

        if (fault is not null)
        {
            throw new TextException(
                $"{Paths.First()}: the vectors of texts cannot be kept there ({fault}); name a file elsewhere, such as with --out");
        }
    }

    /// <summary>Writes the file, where there is a place for it.</summary>
    public void Write(string encoder, string identity, IReadOnlyDictionary<UInt128, float[]> vectors)
    {
        if (_target is null) return;
        new TextVectorsFile(encoder, identity, vectors).Save(_target);
        File = _target;
    }

    private IEnumerable<string> Paths => named is not null ? [named] : new[] { usual, spare }.OfType<string>();

    /// <summary>Writes beside the file as it will be written, and takes it away again.</summary>
    private static string? FaultOf(string path)
    {
        try
        {
            using var probe = new FileStream(
                $"{FileLink.FinalTarget(path)}.tmp", FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1,
                FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static TextException Refusal(string path, string found, string encoder) => new(found == encoder
        ? $"{path}: its vectors are of '{found}' with other weights or for other texts; name another file, or delete this one"
        : $"{path}: its vectors are of encoder '{found}', expected '{encoder}'; name another file or that encoder");
}
