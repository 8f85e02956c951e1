using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>
/// Elements of tensors as numbers of .NET: in place where they lie as such in the memory of the CPU, by a copy wherever else they are and
/// whatever their type.
/// </summary>
internal static class TensorValues
{
    /// <summary>
    /// True where the elements lie one after another on the CPU, in the type asked for; a kernel of ours can then run on them.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    public static bool AreInPlace<T>(Tensor tensor)
        where T : unmanaged =>
        tensor.device_type == DeviceType.CPU && tensor.dtype == (typeof(T) == typeof(double) ? ScalarType.Float64 : ScalarType.Float32)
            && tensor.is_contiguous();

    /// <summary>The elements themselves, row-major.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="ArgumentException">They do not lie in place.</exception>
    public static Span<T> InPlace<T>(Tensor tensor)
        where T : unmanaged => AreInPlace<T>(tensor)
        ? MemoryMarshal.Cast<byte, T>(tensor.bytes)
        : throw new ArgumentException(
            $"the tensor is {tensor.dtype} on {tensor.device}{(tensor.is_contiguous() ? "" : ", not contiguous")}; "
                + $"expected contiguous {typeof(T).Name} on the CPU",
            nameof(tensor));

    /// <summary>The bits of BF16 elements, row-major, where they lie one after another on the CPU.</summary>
    /// <param name="tensor">At most 1,073,741,823 elements.</param>
    public static ReadOnlySpan<ushort> BrainFloats(Tensor tensor) => MemoryMarshal.Cast<byte, ushort>(tensor.bytes);

    /// <summary>
    /// The elements, row-major, as float32: where they lie in place, else a copy. Good until the tensor changes or is gone.
    /// </summary>
    /// <param name="tensor">Of any float type, layout and device.</param>
    public static ReadOnlySpan<float> Read(Tensor tensor) => AreInPlace<float>(tensor) ? InPlace<float>(tensor) : Copy(tensor);

    /// <summary>Copies the elements, row-major, as float32.</summary>
    /// <param name="tensor">Of any float type, layout and device.</param>
    /// <param name="destination">As many.</param>
    public static void CopyTo(Tensor tensor, Span<float> destination)
    {
        if (AreInPlace<float>(tensor))
        {
            InPlace<float>(tensor).CopyTo(destination);
            return;
        }

        using var mode = no_grad();
        using var scope = NewDisposeScope();
        InPlace<float>(tensor.detach().to(ScalarType.Float32).cpu().contiguous()).CopyTo(destination);
    }

    /// <summary>The elements, row-major, as float32.</summary>
    /// <param name="tensor">Of any float type, layout and device.</param>
    public static float[] Copy(Tensor tensor)
    {
        var values = new float[tensor.numel()];
        CopyTo(tensor, values);
        return values;
    }

    /// <summary>Overwrites the elements; those of a narrower type are rounded to nearest.</summary>
    /// <param name="tensor">Of any float type, layout and device; nothing is recorded for a gradient.</param>
    /// <param name="values">As many, row-major.</param>
    public static void Set(Tensor tensor, ReadOnlySpan<float> values)
    {
        if (AreInPlace<float>(tensor))
        {
            values.CopyTo(InPlace<float>(tensor));
            return;
        }

        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var source = empty(tensor.shape, dtype: ScalarType.Float32);
        values.CopyTo(InPlace<float>(source));
        tensor.detach().copy_(source);
    }
}
