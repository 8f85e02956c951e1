using System.Diagnostics.CodeAnalysis;
using Tandem.Protocol;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Storage;

/// <summary>
/// Reads what a <see cref="SnapshotWriter"/> wrote. What is torn, foreign or changed is refused with a reason; nothing is allocated by
/// a length that the bytes only claim.
/// </summary>
internal sealed class SnapshotReader
{
    private readonly SafetensorsFile _file;

    private SnapshotReader(SafetensorsFile file) => _file = file;

    /// <summary>The numbering of the items in the state.</summary>
    public string CatalogVersion => _file.Metadata[SnapshotWriter.CatalogKey];

    /// <summary>The weights that the state was computed with.</summary>
    public string ModelVersion => _file.Metadata[SnapshotWriter.ModelKey];

    /// <summary>Opens a snapshot in memory. Never throws, whatever the bytes hold.</summary>
    /// <param name="bytes">The whole snapshot; viewed, so it must not change while the reader is in use.</param>
    /// <param name="reader">The checked snapshot, or null.</param>
    /// <param name="fault">What is wrong, without a final period, or null.</param>
    public static bool TryOpen(
        ReadOnlyMemory<byte> bytes,
        [NotNullWhen(true)] out SnapshotReader? reader,
        [NotNullWhen(false)] out string? fault)
    {
        reader = null;
        if (!SafetensorsFile.TryParse(bytes, out var file, out fault)) return false;
        fault = FaultOf(file);
        if (fault is null) reader = new SnapshotReader(file);
        return reader is not null;
    }

    /// <summary>True where there is an array of that name, of whatever type.</summary>
    public bool Has(string name) => _file.Tensors.ContainsKey(name);

    /// <summary>The array of a name, bit for bit.</summary>
    /// <typeparam name="T">The type it was written with.</typeparam>
    /// <param name="name">As it was written.</param>
    /// <param name="values">[N], or empty where there is none.</param>
    /// <returns>False where the snapshot has no such array of that type.</returns>
    public bool TryGet<T>(string name, out ReadOnlySpan<T> values)
        where T : unmanaged
    {
        values = default;
        if (!_file.Tensors.TryGetValue(name, out var tensor) || !tensor.Holds<T>()) return false;
        values = tensor.As<T>();
        return true;
    }

    private static string? FaultOf(SafetensorsFile file)
    {
        var format = file.Metadata.GetValueOrDefault(SnapshotWriter.FormatKey);
        if (format != SnapshotWriter.Format)
            return $"format {FaultText.Quote(format)}, this build reads '{SnapshotWriter.Format}': no snapshot, or of another version";
        if (file.Metadata.GetValueOrDefault(SnapshotWriter.DigestKey) != SafetensorsDigest.Of(file, SnapshotWriter.DigestKey))
            return "the checksum is not that of the content: the snapshot was damaged or changed";
        foreach (var key in (ReadOnlySpan<string>)[SnapshotWriter.CatalogKey, SnapshotWriter.ModelKey])
            if (string.IsNullOrWhiteSpace(file.Metadata.GetValueOrDefault(key))) return $"the snapshot does not name its {key}";
        return null;
    }
}
