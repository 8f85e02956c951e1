using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tandem.Device.Kernels.Lanes;

/// <summary>Sixteen numbers: AVX2.</summary>
internal readonly struct Int8Lanes256(Vector256<int> value) : IInt8Lanes<Int8Lanes256>
{
    private readonly Vector256<int> _value = value;

    public static int Count => Vector256<short>.Count;

    public static Int8Lanes256 Zero => new(Vector256<int>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes256 LoadRow(ref readonly sbyte source, nuint offset) =>
        new(Vector256.WidenLower(Vector128.LoadUnsafe(in source, offset).ToVector256Unsafe()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes256 LoadQuery(ref readonly short source, nuint offset) =>
        new(Vector256.LoadUnsafe(in source, offset).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes256 KeepLast(Int8Lanes256 query, int count)
    {
        var kept = Vector256.GreaterThanOrEqual(Vector256<short>.Indices, Vector256.Create((short)(Count - count)));
        return new(query._value & kept.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes256 MultiplyAdd(Int8Lanes256 row, Int8Lanes256 query, Int8Lanes256 sums) =>
        new(sums._value + Pairs(row._value.AsInt16(), query._value.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Totals(Int8Lanes256 first, Int8Lanes256 second, Int8Lanes256 third, Int8Lanes256 fourth) =>
        Int8Lanes128.Totals(first.Folded, second.Folded, third.Folded, fourth.Folded);

    private Int8Lanes128 Folded
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_value.GetLower() + _value.GetUpper());
    }

    /// <summary>Products of int16, added two by two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> Pairs(Vector256<short> left, Vector256<short> right) => Avx2.IsSupported
        ? Avx2.MultiplyAddAdjacent(left, right)
        : Vector256.Create(
            Int8Lanes128.Pairs(left.GetLower(), right.GetLower()), Int8Lanes128.Pairs(left.GetUpper(), right.GetUpper()));
}
