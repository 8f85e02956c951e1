using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Storage;

/// <summary>
/// A session's state as a safetensors file with a checksum: arrays under their names, versions as metadata, and there too the
/// <see cref="SafetensorsDigest"/> of it all. Read by <see cref="SnapshotReader"/>.
/// </summary>
internal sealed class SnapshotWriter
{
    /// <summary>Kind and version of the layout. Another one is refused, so what an array means may change only with it.</summary>
    public const string Format = "tandem.snapshot/1";

    public const string FormatKey = "format";
    public const string CatalogKey = "catalogVersion";
    public const string ModelKey = "modelVersion";
    public const string DigestKey = "sha256";

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

    /// <summary>The whole snapshot.</summary>
    public byte[] ToBytes() => SafetensorsDigest.Seal(_writer, DigestKey);
}
