using Microsoft.Win32.SafeHandles;

namespace Tandem.Protocol.Safetensors;

/// <summary>
/// An open safetensors file of any length. Its header is read and checked as by <see cref="SafetensorsFile"/>; tensors stay on the
/// disk until their bytes are asked for, and go from there to where they are needed in one copy.
/// </summary>
/// <remarks>
/// Bytes are read at their places rather than mapped into memory: a mapped file that another program cuts off ends the process at the
/// next access, a read of one is an exception here. Any number of threads may read at a time.
/// </remarks>
public sealed class SafetensorsReader : IDisposable
{
    private readonly Dictionary<string, TensorHeader> _tensors;
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long _dataBegin;

    private SafetensorsReader(string path, SafeFileHandle file, long dataBegin, SafetensorsHeader header)
    {
        (_path, _file, _dataBegin, Metadata) = (path, file, dataBegin, header.Metadata);
        _tensors = header.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>All tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorHeader> Tensors => _tensors;

    /// <summary>The free texts under <c>__metadata__</c>; empty when the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">A file of any length.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SafetensorsException">The file is damaged or no safetensors file.</exception>
    public static SafetensorsReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafetensorsFile.RequireSize(path);
        var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        try
        {
            return Open(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes a tensor and checks its shape.</summary>
    /// <inheritdoc cref="SafetensorsFile.Get" path="/param"/>
    /// <exception cref="SafetensorsException">The name is absent or the shape differs; the message says what was found.</exception>
    public TensorHeader Get(string name, params ReadOnlySpan<int> shape)
    {
        if (!_tensors.TryGetValue(name, out var tensor)) throw SafetensorsException.Missing(name, _tensors.Keys);
        SafetensorsException.ThrowIfOther(name, tensor.Shape.AsSpan(), shape);
        return tensor;
    }

    /// <summary>Copies a part of a tensor's bytes.</summary>
    /// <param name="name">Of the tensor.</param>
    /// <param name="offset">Where the part begins, in bytes from the tensor's first.</param>
    /// <param name="destination">Filled whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie within the tensor.</exception>
    /// <exception cref="SafetensorsException">There is no such tensor, or the file has been cut off since it was opened.</exception>
    public void Read(string name, long offset, Span<byte> destination)
    {
        if (!_tensors.TryGetValue(name, out var tensor)) throw SafetensorsException.Missing(name, _tensors.Keys);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, tensor.SizeBytes - destination.Length);
        Fill(_path, _file, _dataBegin + tensor.Begin + offset, destination);
    }

    /// <summary>Reads a whole tensor into memory and checks its shape.</summary>
    /// <inheritdoc cref="SafetensorsFile.Get" path="/param"/>
    /// <exception cref="SafetensorsException">It is absent, of another shape or too long, or the file has been cut off.</exception>
    public TensorEntry Load(string name, params ReadOnlySpan<int> shape)
    {
        Get(name, shape);
        return Load(name);
    }

    /// <summary>Reads a whole tensor into memory.</summary>
    /// <param name="name">Of a tensor of at most <see cref="Array.MaxLength"/> bytes, about 2 GB.</param>
    /// <exception cref="SafetensorsException">There is no such tensor, it is too long, or the file has been cut off.</exception>
    public TensorEntry Load(string name)
    {
        if (!_tensors.TryGetValue(name, out var tensor)) throw SafetensorsException.Missing(name, _tensors.Keys);
        if (tensor.SizeBytes > Array.MaxLength)
        {
            throw new SafetensorsException(
                $"{_path}: tensor {FaultText.Quote(name)} has {tensor.SizeBytes} bytes, expected at most {Array.MaxLength}; "
                + "read it in parts");
        }

        var bytes = new byte[tensor.SizeBytes];
        Read(name, 0, bytes);
        return new TensorEntry(name, tensor.Type, tensor.Shape, bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static SafetensorsReader Open(string path, SafeFileHandle file)
    {
        var size = RandomAccess.GetLength(file);
        var start = new byte[Math.Min(size, SafetensorsHeader.LengthBytes)];
        Fill(path, file, 0, start);
        if (!SafetensorsHeader.TryLength(start, size, out var length, out var fault)) throw Damaged(path, fault);
        var json = new byte[length];
        Fill(path, file, SafetensorsHeader.LengthBytes, json);
        if (!SafetensorsHeader.TryParse(json, out var header, out fault)) throw Damaged(path, fault);
        var dataBegin = SafetensorsHeader.LengthBytes + (long)length;
        if (!DataLayout.IsExact(header.Tensors, size - dataBegin, out fault)) throw Damaged(path, fault);
        return new SafetensorsReader(path, file, dataBegin, header);
    }

    private static void Fill(string path, SafeFileHandle file, long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var count = RandomAccess.Read(file, destination, offset);
            if (count == 0) throw Damaged(path, $"the file ends at byte {offset}, and was longer when it was opened");
            offset += count;
            destination = destination[count..];
        }
    }

    private static SafetensorsException Damaged(string path, string fault) =>
        new($"{path}: {fault}; expected a whole safetensors file, so fetch or export it again");
}
