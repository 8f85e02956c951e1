using System.Diagnostics.CodeAnalysis;

namespace Tandem.Protocol.Safetensors;

/// <summary>
/// A parsed safetensors file: named tensors that view the given bytes. Format:
/// <see href="https://github.com/huggingface/safetensors#format"/>; an 8-byte header length, a JSON header, then the data.
/// </summary>
/// <remarks>
/// Stricter than the reference in one point: duplicate names anywhere in the header are refused. For files that should not lie in
/// memory, or exceed 2 GB, there is <see cref="SafetensorsReader"/>.
/// </remarks>
public sealed class SafetensorsFile
{
    private readonly Dictionary<string, TensorEntry> _tensors;

    private SafetensorsFile(Dictionary<string, TensorEntry> tensors, Dictionary<string, string> metadata)
    {
        _tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>All tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => _tensors;

    /// <summary>The free texts under <c>__metadata__</c>; empty when the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Parses bytes from anywhere. Never throws, whatever they hold.</summary>
    /// <param name="bytes">The whole file. The result views it, so it must not change afterwards.</param>
    /// <param name="file">The parsed file, or null.</param>
    /// <param name="fault">What is wrong, without a final period, or null.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> bytes,
        [NotNullWhen(true)] out SafetensorsFile? file,
        [NotNullWhen(false)] out string? fault)
    {
        file = null;
        if (!TrySplit(bytes, out var json, out var data, out fault)) return false;
        if (!SafetensorsHeader.TryParse(json, out var header, out fault)) return false;
        if (!DataLayout.IsExact(header.Tensors, data.Length, out fault)) return false;

        var tensors = new Dictionary<string, TensorEntry>(header.Tensors.Count, StringComparer.Ordinal);
        foreach (var tensor in header.Tensors)
        {
            var view = data[(int)tensor.Begin..(int)tensor.End];
            tensors.Add(tensor.Name, new TensorEntry(tensor.Name, tensor.Type, tensor.Shape, view));
        }

        file = new SafetensorsFile(tensors, header.Metadata);
        return true;
    }

    /// <summary>Reads a file into memory and parses it.</summary>
    /// <param name="path">A file of at most <see cref="Array.MaxLength"/> bytes, about 2 GB.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SafetensorsException">The file is too long, damaged or no safetensors file.</exception>
    public static SafetensorsFile Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var size = RequireSize(path);
        if (size > Array.MaxLength)
        {
            throw new SafetensorsException(
                $"{path}: the file has {size} bytes, expected at most {Array.MaxLength} here; open it with {nameof(SafetensorsReader)}");
        }

        if (TryParse(File.ReadAllBytes(path), out var file, out var fault)) return file;
        throw new SafetensorsException($"{path}: {fault}; expected a whole safetensors file, so fetch or export it again");
    }

    /// <summary>Takes a tensor and checks its shape.</summary>
    /// <param name="name">Name within the file, ordinal.</param>
    /// <param name="shape">The expected length of each dimension; none for a scalar. For any shape use <see cref="Tensors"/>.</param>
    /// <exception cref="SafetensorsException">The name is absent or the shape differs; the message says what was found.</exception>
    public TensorEntry Get(string name, params ReadOnlySpan<int> shape)
    {
        if (!_tensors.TryGetValue(name, out var entry)) throw SafetensorsException.Missing(name, _tensors.Keys);
        SafetensorsException.ThrowIfOther(name, entry.Shape.AsSpan(), shape);
        return entry;
    }

    private static bool TrySplit(
        ReadOnlyMemory<byte> bytes,
        out ReadOnlyMemory<byte> header,
        out ReadOnlyMemory<byte> data,
        [NotNullWhen(false)] out string? fault)
    {
        header = data = default;
        if (!SafetensorsHeader.TryLength(bytes.Span, bytes.Length, out var length, out fault)) return false;
        (header, data) = (bytes.Slice(SafetensorsHeader.LengthBytes, length), bytes[(SafetensorsHeader.LengthBytes + length)..]);
        return true;
    }

    /// <summary>Bytes of a file that there is and that is not empty.</summary>
    internal static long RequireSize(string path) => FileLink.SizeOf(path) switch
    {
        null => throw new FileNotFoundException($"{path}: there is no such file, expected safetensors; check the path or export first", path),
        0 => throw new SafetensorsException($"{path}: the file is empty or no regular file, expected safetensors; fetch or export it again"),
        { } size => size,
    };
}
