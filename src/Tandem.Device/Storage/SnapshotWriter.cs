using Tandem.Protocol;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Storage;

/// <summary>
/// A session's state as a safetensors file with a checksum: arrays under their names, texts and versions as metadata, and there too
/// the <see cref="SnapshotDigest"/> of it all. Read by <see cref="SnapshotReader"/>.
/// </summary>
internal sealed class SnapshotWriter
{
    /// <summary>Kind and version of the layout. Another one is refused, so what an array means may change only with it.</summary>
    public const string Format = "tandem.snapshot/1";

    public const string FormatKey = "format";
    public const string CatalogKey = "catalogVersion";
    public const string ModelKey = "modelVersion";

    /// <summary>Before the name of a text, so that no text can pass for a version or the checksum.</summary>
    public const string TextPrefix = "text.";

    private readonly SafetensorsWriter _writer = new();

    /// <param name="catalogVersion">The numbering of the items in the state.</param>
    /// <param name="modelVersion">The weights that the state was computed with.</param>
    public SnapshotWriter(string catalogVersion, string modelVersion)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(catalogVersion);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelVersion);
        _writer.Metadata[FormatKey] = Format;
        _writer.Metadata[CatalogKey] = catalogVersion;
        _writer.Metadata[ModelKey] = modelVersion;
    }

    /// <summary>Adds a copy of an array, bit for bit.</summary>
    /// <typeparam name="T">float, Half, double, sbyte, byte, int or long.</typeparam>
    /// <param name="name">Used once.</param>
    /// <param name="values">[N], may be empty.</param>
    /// <exception cref="ArgumentException">The name is taken, or the type cannot be stored.</exception>
    public void Add<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged => _writer.Add(name, values, values.Length);

    /// <summary>Adds a text.</summary>
    /// <param name="name">Used once among the texts.</param>
    /// <param name="text">Any Unicode text.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void AddText(string name, string text) => _writer.Metadata.Add(TextPrefix + name, text);

    /// <summary>The whole snapshot.</summary>
    public byte[] ToBytes()
    {
        if (!SafetensorsFile.TryParse(_writer.ToArray(), out var file, out var fault)) throw new InvalidOperationException(fault);
        _writer.Metadata[SnapshotDigest.Key] = SnapshotDigest.Of(file);
        return _writer.ToArray();
    }

    /// <summary>Writes the snapshot. A crash leaves the old file or the new one, never a part.</summary>
    /// <param name="path">Target in an existing folder; replaced if present.</param>
    /// <exception cref="IOException">The disk refuses; the old file is still there.</exception>
    public void Save(string path)
    {
        var bytes = ToBytes();
        DurableFile.Write(path, stream => stream.Write(bytes));
    }
}
