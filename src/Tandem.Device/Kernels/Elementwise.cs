using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>A function of one number, for a vector of them and for one.</summary>
internal interface IElementwise
{
    TLanes Apply<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes>;

    float Apply(float x);
}

/// <summary>y[i] = f(x[i]).</summary>
internal static class Elementwise
{
    /// <param name="function">f.</param>
    /// <param name="x">[n].</param>
    /// <param name="destination">[n], may be <paramref name="x"/> itself.</param>
    public static void Map<TFunction>(TFunction function, ReadOnlySpan<float> x, Span<float> destination)
        where TFunction : struct, IElementwise
    {
        if (Vector512.IsHardwareAccelerated && x.Length >= Lanes512.Count) Run<Lanes512, TFunction>(function, x, destination);
        else if (Vector256.IsHardwareAccelerated && x.Length >= Lanes256.Count) Run<Lanes256, TFunction>(function, x, destination);
        else if (Vector128.IsHardwareAccelerated && x.Length >= Lanes128.Count) Run<Lanes128, TFunction>(function, x, destination);
        else Scalar(function, x, destination);
    }

    [MethodImpl(Hot.Loop)]
    internal static void Run<TLanes, TFunction>(TFunction function, ReadOnlySpan<float> x, Span<float> destination)
        where TLanes : struct, ILanes<TLanes>
        where TFunction : struct, IElementwise
    {
        if (x.Length < TLanes.Count)
        {
            Scalar(function, x, destination);
            return;
        }

        Shapes.RequireLength(destination.Length, x.Length);
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var y = ref MemoryMarshal.GetReference(destination);
        // The last vector reaches back over the one before it, so in place it has to be read before anything is written.
        var rest = (nuint)(x.Length - TLanes.Count);
        var last = TLanes.Load(in source, rest);
        for (nuint i = 0; i < rest; i += (nuint)TLanes.Count) TLanes.Store(function.Apply(TLanes.Load(in source, i)), ref y, i);
        TLanes.Store(function.Apply(last), ref y, rest);
    }

    /// <summary>The oracle.</summary>
    internal static void Scalar<TFunction>(TFunction function, ReadOnlySpan<float> x, Span<float> destination)
        where TFunction : struct, IElementwise
    {
        Shapes.RequireLength(destination.Length, x.Length);
        for (var i = 0; i < x.Length; i++) destination[i] = function.Apply(x[i]);
    }
}
