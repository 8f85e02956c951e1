using System.Runtime.Intrinsics;

namespace Tandem.Device.Kernels.Lanes;

/// <summary>
/// A vector of float32 of one width. A kernel is written once over it; as the widths are structs, the compiler makes one body for
/// each and no call is virtual. Offsets count floats.
/// </summary>
internal interface ILanes<TSelf> where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Zero in every lane.</summary>
    static abstract TSelf Zero { get; }

    static abstract TSelf Broadcast(float value);

    static abstract TSelf Load(ref readonly float source, nuint offset);

    /// <summary>int8 numbers as float32.</summary>
    static abstract TSelf LoadInt8(ref readonly sbyte source, nuint offset);

    /// <summary>fp16 numbers as float32, exactly; NaN stays NaN.</summary>
    static abstract TSelf LoadHalf(ref readonly Half source, nuint offset);

    /// <summary>
    /// fp16 numbers that are finite as float32 over 2¹¹², exactly: their bits in another place, in a third of the operations.
    /// </summary>
    static abstract TSelf LoadLoweredHalf(ref readonly Half source, nuint offset);

    static abstract void Store(TSelf vector, ref float destination, nuint offset);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>left · right + addend, in one rounding where the processor has it.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>The larger of each pair; which one where one of them is NaN depends on the processor.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary><paramref name="then"/> where left is below right, else <paramref name="otherwise"/>; NaN is below nothing.</summary>
    static abstract TSelf WhereLess(TSelf left, TSelf right, TSelf then, TSelf otherwise);

    static abstract TSelf Abs(TSelf vector);

    /// <summary>2ⁿ for n in −126 … 128 that stands in the last bits of a float's significand; 2¹²⁸ is infinity.</summary>
    static abstract TSelf PowerOfTwo(TSelf significand);

    /// <summary>Lanes 2i and 2i + 1 exchanged.</summary>
    static abstract TSelf SwapPairs(TSelf vector);

    /// <summary>Zero in all but the last <paramref name="count"/> lanes.</summary>
    static abstract TSelf KeepLast(TSelf vector, int count);

    /// <summary>The sum of the lanes: halves are added until four are left, then (0 + 2) + (1 + 3).</summary>
    static abstract float Sum(TSelf vector);

    /// <summary>Four sums at once, each in the order of <see cref="Sum"/>.</summary>
    static abstract Vector128<float> Sums(TSelf first, TSelf second, TSelf third, TSelf fourth);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(TSelf vector);

    /// <summary>Whether any lane of left is at least its lane of right; NaN is not.</summary>
    static abstract bool AnyAtLeast(TSelf left, TSelf right);
}
