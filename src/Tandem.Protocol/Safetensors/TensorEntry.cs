using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Tandem.Protocol.Safetensors;

/// <summary>One tensor of a <see cref="SafetensorsFile"/>: a view of the file's bytes, row-major, little-endian.</summary>
public sealed class TensorEntry
{
    internal TensorEntry(string name, TensorType type, ImmutableArray<int> shape, ReadOnlyMemory<byte> bytes)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Bytes = bytes;
    }

    /// <summary>Name within the file.</summary>
    public string Name { get; }

    /// <summary>Type of one element.</summary>
    public TensorType Type { get; }

    /// <summary>Length of each dimension, outermost first; empty for a scalar.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>Number of elements: the product of <see cref="Shape"/>, 1 for a scalar.</summary>
    public int Length => Bytes.Length / Type.SizeBytes();

    /// <summary>The stored bytes, not copied. Length × element size of <see cref="Type"/>.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Whether <see cref="As{T}"/> gives the elements as this type.</summary>
    /// <typeparam name="T">Any type; false for one that the format lacks.</typeparam>
    public bool Holds<T>()
        where T : unmanaged => TensorTypes.Of<T>() == Type;

    /// <summary>The elements where they lie, without a copy.</summary>
    /// <typeparam name="T">
    /// The exact .NET type of <see cref="Type"/>: float, Half, double, sbyte, byte, ushort, int or long. BF16 has none; see
    /// <see cref="ToSingles"/>.
    /// </typeparam>
    /// <returns>
    /// <see cref="Length"/> elements, row-major. The first may lie at any address, aligned or not: x64, arm64 and WebAssembly read
    /// unaligned spans correctly.
    /// </returns>
    /// <exception cref="SafetensorsException">The tensor holds another type.</exception>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged
    {
        if (!Holds<T>())
        {
            throw new SafetensorsException(
                $"tensor {FaultText.Quote(Name)} holds {Type.FormatName()}, which cannot be viewed as {typeof(T).Name}: "
                + "ask for its own type, or convert floating-point values with ToSingles");
        }

        return MemoryMarshal.Cast<byte, T>(Bytes.Span);
    }

    /// <summary>Copies the elements to float32. Exact for F32, F16, BF16 and I8; F64 is rounded to nearest.</summary>
    /// <returns><see cref="Length"/> values, row-major.</returns>
    /// <exception cref="SafetensorsException">The tensor holds U8, U16, I32 or I64, which are codes and ids rather than values.</exception>
    public float[] ToSingles() => Type switch
    {
        TensorType.F32 => As<float>().ToArray(),
        TensorType.F16 => Convert(As<Half>(), static value => (float)value),
        TensorType.BF16 => Convert(MemoryMarshal.Cast<byte, ushort>(Bytes.Span), BrainFloat.Widen),
        TensorType.F64 => Convert(As<double>(), static value => (float)value),
        TensorType.I8 => Convert(As<sbyte>(), static value => (float)value),
        _ => throw new SafetensorsException(
            $"tensor {FaultText.Quote(Name)} holds {Type.FormatName()}, expected F32, F16, BF16, F64 or I8: read integers with As"),
    };

    private static float[] Convert<T>(ReadOnlySpan<T> source, Func<T, float> widen)
    {
        var result = new float[source.Length];
        for (var i = 0; i < result.Length; i++) result[i] = widen(source[i]);
        return result;
    }
}
