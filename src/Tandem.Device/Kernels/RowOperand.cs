using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// The vector that rows of a matrix are multiplied with. A length that whole vectors do not fill ends with a vector that reaches back
/// and is zero where it has been already, so that nothing is read beyond either end.
/// </summary>
internal readonly ref struct RowOperand<TLanes> where TLanes : struct, ILanes<TLanes>
{
    /// <param name="x">[n], n at least <see cref="ILanes{TSelf}.Count"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RowOperand(ReadOnlySpan<float> x)
    {
        var rest = x.Length % TLanes.Count;
        X = ref MemoryMarshal.GetReference(x);
        Whole = (nuint)(x.Length - rest);
        Rest = (nuint)(x.Length - TLanes.Count);
        HasRest = rest != 0;
        Last = HasRest ? TLanes.KeepLast(TLanes.Load(in X, Rest), rest) : TLanes.Zero;
    }

    public readonly ref readonly float X;

    /// <summary>How far whole vectors reach.</summary>
    public readonly nuint Whole;

    /// <summary>Where the last vector begins, if the whole ones leave a rest.</summary>
    public readonly nuint Rest;

    public readonly bool HasRest;

    /// <summary>The last vector, zero before <see cref="Whole"/>.</summary>
    public readonly TLanes Last;
}
