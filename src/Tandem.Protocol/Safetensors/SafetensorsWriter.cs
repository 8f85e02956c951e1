using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tandem.Protocol.Safetensors;

/// <summary>
/// Collects tensors and writes them as a safetensors file. The same content gives the same bytes, in whatever order it was added.
/// </summary>
public sealed class SafetensorsWriter
{
    private const int HeaderAlignmentBytes = 8;

    // Names stay readable and as long as the reference implementation writes them; the header is never put into HTML.
    private static readonly JsonWriterOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, TensorEntry> _tensors = new(StringComparer.Ordinal);

    /// <summary>Free texts for <c>__metadata__</c>; written in ordinal order of their keys, left out when empty.</summary>
    public IDictionary<string, string> Metadata { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Adds a copy of the values under their own type.</summary>
    /// <typeparam name="T">float, Half, double, sbyte, byte, ushort, int or long.</typeparam>
    /// <param name="name">Any text but <c>__metadata__</c>, used once.</param>
    /// <param name="values">Elements, row-major; as many as the product of <paramref name="shape"/>.</param>
    /// <param name="shape">Length of each dimension, outermost first; none for a scalar.</param>
    /// <exception cref="ArgumentException">The name is taken, the shape does not fit, or the format has no such type.</exception>
    public void Add<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        var type = TensorTypes.Of<T>()
            ?? throw new ArgumentException(
                $"{typeof(T).Name} cannot be stored: use float, Half, double, sbyte, byte, ushort, int or long", nameof(values));
        AddEntry(name, type, values.Length, MemoryMarshal.AsBytes(values).ToArray(), shape);
    }

    /// <summary>Adds the values as BF16, each rounded to nearest, ties to even.</summary>
    /// <inheritdoc cref="Add{T}" path="/param"/>
    /// <exception cref="ArgumentException">The name is taken, or the shape does not fit the values.</exception>
    public void AddBFloat16(string name, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape)
    {
        var rounded = new ushort[values.Length];
        for (var i = 0; i < rounded.Length; i++) rounded[i] = BrainFloat.Round(values[i]);
        AddEntry(name, TensorType.BF16, values.Length, MemoryMarshal.AsBytes<ushort>(rounded).ToArray(), shape);
    }

    /// <summary>Adds a copy of elements as they are stored, little-endian.</summary>
    /// <param name="name">Any text but <c>__metadata__</c>, used once.</param>
    /// <param name="type">Of one element.</param>
    /// <param name="bytes">Elements, row-major; as many as the product of <paramref name="shape"/>.</param>
    /// <param name="shape">Length of each dimension, outermost first; none for a scalar.</param>
    /// <exception cref="ArgumentException">The name is taken, or the shape does not fit the bytes.</exception>
    public void AddBytes(string name, TensorType type, ReadOnlySpan<byte> bytes, params ReadOnlySpan<int> shape) =>
        AddEntry(name, type, bytes.Length / type.SizeBytes(), bytes.ToArray(), shape);

    /// <summary>The whole file. At most <see cref="Array.MaxLength"/> bytes; <see cref="Save"/> has no such limit.</summary>
    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        WriteTo(stream);
        return stream.ToArray();
    }

    /// <summary>Writes the file. A crash leaves the old file or the new one, never a part.</summary>
    /// <param name="path">Target in an existing folder; replaced if present.</param>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        DurableFile.Write(path, WriteTo);
    }

    private void AddEntry(string name, TensorType type, int count, byte[] bytes, ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("safetensors is little-endian and this machine is not");
        if (name == SafetensorsHeader.MetadataName)
            throw new ArgumentException($"a tensor cannot be named {name}: the format keeps that name for metadata", nameof(name));

        var dims = ImmutableArray.Create(shape);
        var needed = new TensorHeader(name, type, dims, 0, 0).NeededBytes;
        if (needed != bytes.Length || shape.ContainsAnyInRange(int.MinValue, -1))
        {
            throw new ArgumentException(
                $"tensor {FaultText.Quote(name)}: {count} values do not fill shape {FaultText.Shape(shape)}", nameof(shape));
        }

        if (!_tensors.TryAdd(name, new TensorEntry(name, type, dims, bytes)))
            throw new ArgumentException($"tensor {FaultText.Quote(name)} was added before: give each its own name", nameof(name));
    }

    private void WriteTo(Stream stream)
    {
        var ordered = _tensors.Values
            .OrderByDescending(tensor => tensor.Type.AlignmentRank())
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal)
            .ToList();

        WriteHeader(stream, ordered);
        foreach (var tensor in ordered) stream.Write(tensor.Bytes.Span);
    }

    private void WriteHeader(Stream stream, List<TensorEntry> ordered)
    {
        var header = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(header, _json))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0) WriteMetadata(json);
            long begin = 0;
            foreach (var tensor in ordered) WriteTensor(json, tensor, ref begin);
            json.WriteEndObject();
        }

        var padding = -header.WrittenCount & (HeaderAlignmentBytes - 1);
        header.GetSpan(padding)[..padding].Fill((byte)' ');
        header.Advance(padding);

        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.WrittenCount);
        stream.Write(length);
        stream.Write(header.WrittenSpan);
    }

    private void WriteMetadata(Utf8JsonWriter json)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach (var (key, value) in Metadata) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter json, TensorEntry tensor, ref long begin)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.FormatName());
        json.WriteStartArray("shape");
        foreach (var dim in tensor.Shape) json.WriteNumberValue(dim);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin += tensor.Bytes.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
