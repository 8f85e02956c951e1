using System.Runtime.InteropServices;
using Tandem.Protocol.Safetensors;

namespace Tandem.Cli.Drill;

/// <summary>
/// What an attacker who knows the formats does to a file of tensors: numbers, shapes and presence lie, the checksums are right.
/// </summary>
/// <param name="Tensor">Which of them, by place.</param>
/// <param name="Kind">What is done to it.</param>
/// <param name="At">Which of its elements.</param>
/// <param name="Value">An element's bytes.</param>
internal readonly record struct Tampering(int Tensor, int Kind, int At, long Value)
{
    private static readonly long[] _values =
    [
        0, 1, 2, 3, -1, 255, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 48, (1L << 48) + 1,
        .. new[] { 3e38f, -3e38f, 1e30f, 1e-40f, float.NaN, float.PositiveInfinity, -0f, 1e15f }.Select(
            value => (long)BitConverter.SingleToInt32Bits(value)),
    ];

    /// <summary>Up to four, at random.</summary>
    public static Tampering[] Draw(Random random)
    {
        var drawn = new Tampering[random.Next(1, 5)];
        for (var i = 0; i < drawn.Length; i++)
        {
            var value = random.Next(2) == 0 ? _values[random.Next(_values.Length)] : random.NextInt64(long.MinValue, long.MaxValue);
            drawn[i] = new(random.Next(1_000), random.Next(10), random.Next(100_000), value);
        }

        return drawn;
    }

    /// <summary>Values that formats and sums are tried with, as the lowest bytes of each.</summary>
    public static IReadOnlyList<long> Values => _values;

    /// <summary>The file after all of them.</summary>
    /// <param name="bytes">A whole file.</param>
    /// <param name="done">What was done.</param>
    /// <param name="digest">Metadata key that gets the digest of it all; null for none.</param>
    public static byte[] Apply(ReadOnlyMemory<byte> bytes, Tampering[] done, string? digest = null)
    {
        if (!SafetensorsFile.TryParse(bytes, out var file, out var fault)) throw new InvalidOperationException(fault);
        var tensors = file.Tensors.ToDictionary(
            t => t.Key, t => (t.Value.Type, Shape: t.Value.Shape.ToArray(), Bytes: t.Value.Bytes.ToArray()));
        var names = tensors.Keys.Order(StringComparer.Ordinal).ToArray();
        foreach (var one in done) one.Change(tensors, names[one.Tensor % names.Length]);
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in file.Metadata) writer.Metadata[key] = value;
        foreach (var (name, (type, shape, content)) in tensors) Add(writer, name, type, shape, content);
        return digest is null ? writer.ToArray() : SafetensorsDigest.Seal(writer, digest);
    }

    private void Change(Dictionary<string, (TensorType Type, int[] Shape, byte[] Bytes)> tensors, string name)
    {
        if (!tensors.TryGetValue(name, out var tensor)) return;
        switch (Kind)
        {
            case 0: tensors.Remove(name); break;
            case 1: tensors[name] = (tensor.Type, [tensor.Bytes.Length / Size(tensor.Type)], tensor.Bytes); break;
            case 2 when tensor.Shape is [> 1, ..]: Shorten(tensors, name, tensor); break;
            case 3: Fill(tensor); break;
            default: Set(tensor); break;
        }
    }

    private static void Shorten(
        Dictionary<string, (TensorType Type, int[] Shape, byte[] Bytes)> tensors, string name, (TensorType Type, int[] Shape,
            byte[] Bytes) tensor)
    {
        var row = tensor.Bytes.Length / tensor.Shape[0];
        tensors[name] = (tensor.Type, [tensor.Shape[0] - 1, .. tensor.Shape[1..]], tensor.Bytes[..^row]);
    }

    private void Fill((TensorType Type, int[] Shape, byte[] Bytes) tensor)
    {
        for (var at = 0; at < tensor.Bytes.Length / Size(tensor.Type); at++) (this with { At = at }).Set(tensor);
    }

    private void Set((TensorType Type, int[] Shape, byte[] Bytes) tensor)
    {
        var size = Size(tensor.Type);
        if (tensor.Bytes.Length == 0) return;
        var value = Value;
        MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value))[..size].CopyTo(
            tensor.Bytes.AsSpan(At % (tensor.Bytes.Length / size) * size));
    }

    private static int Size(TensorType type) => type switch
    {
        TensorType.I8 or TensorType.U8 => 1,
        TensorType.F16 or TensorType.BF16 or TensorType.U16 => 2,
        TensorType.F32 or TensorType.I32 => 4,
        _ => 8,
    };

    private static void Add(SafetensorsWriter writer, string name, TensorType type, int[] shape, byte[] bytes)
    {
        switch (type)
        {
            case TensorType.F32: writer.Add<float>(name, MemoryMarshal.Cast<byte, float>(bytes), shape); break;
            case TensorType.F16: writer.Add<Half>(name, MemoryMarshal.Cast<byte, Half>(bytes), shape); break;
            case TensorType.I8: writer.Add<sbyte>(name, MemoryMarshal.Cast<byte, sbyte>(bytes), shape); break;
            case TensorType.U8: writer.Add<byte>(name, bytes, shape); break;
            case TensorType.U16: writer.Add<ushort>(name, MemoryMarshal.Cast<byte, ushort>(bytes), shape); break;
            case TensorType.I32: writer.Add<int>(name, MemoryMarshal.Cast<byte, int>(bytes), shape); break;
            case TensorType.I64: writer.Add<long>(name, MemoryMarshal.Cast<byte, long>(bytes), shape); break;
            default: throw new InvalidOperationException($"no test writes {type}");
        }
    }
}
