using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Learning.Layers;

namespace Tandem.Learning.Backbones.Fused;

/// <summary>Element by element over rows whose length is a multiple of <see cref="SmallProducts{T}.Lanes"/>.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal static class SmallRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>into += x.</summary>
    public static void Add(ReadOnlySpan<T> x, Span<T> into) => AddScaled(x, T.One, into);

    /// <summary>into += scale · x.</summary>
    public static void AddScaled(ReadOnlySpan<T> x, T scale, Span<T> into)
    {
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(into[..x.Length]);
        var factor = Vector256.Create(scale);
        for (nuint i = 0; i < (nuint)x.Length; i += (nuint)Vector256<T>.Count)
            SmallProducts<T>.MultiplyAdd(Vector256.LoadUnsafe(ref a, i), factor, Vector256.LoadUnsafe(ref b, i)).StoreUnsafe(ref b, i);
    }

    /// <summary>into += x ⊙ y.</summary>
    public static void AddProduct(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> into)
    {
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y[..x.Length]);
        ref var c = ref MemoryMarshal.GetReference(into[..x.Length]);
        for (nuint i = 0; i < (nuint)x.Length; i += (nuint)Vector256<T>.Count)
        {
            SmallProducts<T>.MultiplyAdd(Vector256.LoadUnsafe(ref a, i), Vector256.LoadUnsafe(ref b, i), Vector256.LoadUnsafe(ref c, i))
                .StoreUnsafe(ref c, i);
        }
    }

    /// <summary>destination = x ⊙ y.</summary>
    public static void Multiply(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
    {
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y[..x.Length]);
        ref var c = ref MemoryMarshal.GetReference(destination[..x.Length]);
        for (nuint i = 0; i < (nuint)x.Length; i += (nuint)Vector256<T>.Count)
            (Vector256.LoadUnsafe(ref a, i) * Vector256.LoadUnsafe(ref b, i)).StoreUnsafe(ref c, i);
    }

    /// <summary>destination = x − y.</summary>
    public static void Subtract(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
    {
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y[..x.Length]);
        ref var c = ref MemoryMarshal.GetReference(destination[..x.Length]);
        for (nuint i = 0; i < (nuint)x.Length; i += (nuint)Vector256<T>.Count)
            (Vector256.LoadUnsafe(ref a, i) - Vector256.LoadUnsafe(ref b, i)).StoreUnsafe(ref c, i);
    }

    /// <summary>x ← scale · x.</summary>
    public static void Scale(Span<T> x, T scale)
    {
        ref var a = ref MemoryMarshal.GetReference(x);
        var factor = Vector256.Create(scale);
        for (nuint i = 0; i < (nuint)x.Length; i += (nuint)Vector256<T>.Count)
        {
            (Vector256.LoadUnsafe(ref a, i) * factor)
            .StoreUnsafe(ref a, i);
        }
    }
}
