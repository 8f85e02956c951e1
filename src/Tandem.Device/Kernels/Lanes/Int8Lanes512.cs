using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tandem.Device.Kernels.Lanes;

/// <summary>Thirty-two numbers: AVX-512.</summary>
internal readonly struct Int8Lanes512(Vector512<int> value) : IInt8Lanes<Int8Lanes512>
{
    private readonly Vector512<int> _value = value;

    public static int Count => Vector512<short>.Count;

    public static Int8Lanes512 Zero => new(Vector512<int>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes512 LoadRow(ref readonly sbyte source, nuint offset) =>
        new(Vector512.WidenLower(Vector256.LoadUnsafe(in source, offset).ToVector512Unsafe()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes512 LoadQuery(ref readonly short source, nuint offset) =>
        new(Vector512.LoadUnsafe(in source, offset).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes512 KeepLast(Int8Lanes512 query, int count)
    {
        var kept = Vector512.GreaterThanOrEqual(Vector512<short>.Indices, Vector512.Create((short)(Count - count)));
        return new(query._value & kept.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes512 MultiplyAdd(Int8Lanes512 row, Int8Lanes512 query, Int8Lanes512 sums) =>
        new(sums._value + Pairs(row._value.AsInt16(), query._value.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Totals(Int8Lanes512 first, Int8Lanes512 second, Int8Lanes512 third, Int8Lanes512 fourth) =>
        Int8Lanes256.Totals(first.Folded, second.Folded, third.Folded, fourth.Folded);

    private Int8Lanes256 Folded
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_value.GetLower() + _value.GetUpper());
    }

    /// <summary>Products of int16, added two by two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> Pairs(Vector512<short> left, Vector512<short> right) => Avx512BW.IsSupported
        ? Avx512BW.MultiplyAddAdjacent(left, right)
        : Vector512.Create(
            Int8Lanes256.Pairs(left.GetLower(), right.GetLower()), Int8Lanes256.Pairs(left.GetUpper(), right.GetUpper()));
}
