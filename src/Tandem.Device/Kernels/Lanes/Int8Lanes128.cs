using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.Wasm;
using System.Runtime.Intrinsics.X86;

namespace Tandem.Device.Kernels.Lanes;

/// <summary>Eight numbers: SSE2, NEON and WebAssembly.</summary>
internal readonly struct Int8Lanes128(Vector128<int> value) : IInt8Lanes<Int8Lanes128>
{
    private readonly Vector128<int> _value = value;

    public static int Count => Vector128<short>.Count;

    public static Int8Lanes128 Zero => new(Vector128<int>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes128 LoadRow(ref readonly sbyte source, nuint offset)
    {
        ref var first = ref Unsafe.As<sbyte, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));
        return new(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref first)).AsSByte()).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes128 LoadQuery(ref readonly short source, nuint offset) =>
        new(Vector128.LoadUnsafe(in source, offset).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes128 KeepLast(Int8Lanes128 query, int count)
    {
        var kept = Vector128.GreaterThanOrEqual(Vector128<short>.Indices, Vector128.Create((short)(Count - count)));
        return new(query._value & kept.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8Lanes128 MultiplyAdd(Int8Lanes128 row, Int8Lanes128 query, Int8Lanes128 sums) =>
        new(sums._value + Pairs(row._value.AsInt16(), query._value.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Totals(Int8Lanes128 first, Int8Lanes128 second, Int8Lanes128 third, Int8Lanes128 fourth)
    {
        if (Sse2.IsSupported)
        {
            var ab = Sse2.UnpackLow(first._value, second._value) + Sse2.UnpackHigh(first._value, second._value);
            var cd = Sse2.UnpackLow(third._value, fourth._value) + Sse2.UnpackHigh(third._value, fourth._value);
            return Sse2.UnpackLow(ab.AsInt64(), cd.AsInt64()).AsInt32() + Sse2.UnpackHigh(ab.AsInt64(), cd.AsInt64()).AsInt32();
        }

        if (AdvSimd.Arm64.IsSupported)
        {
            var (ab, cd) = (AdvSimd.Arm64.AddPairwise(first._value, second._value), AdvSimd.Arm64.AddPairwise(third._value, fourth._value));
            return AdvSimd.Arm64.AddPairwise(ab, cd);
        }

        return Vector128.Create(
            Vector128.Sum(first._value), Vector128.Sum(second._value), Vector128.Sum(third._value), Vector128.Sum(fourth._value));
    }

    /// <summary>Products of int16, added two by two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<int> Pairs(Vector128<short> left, Vector128<short> right)
    {
        if (Sse2.IsSupported) return Sse2.MultiplyAddAdjacent(left, right);
        if (PackedSimd.IsSupported) return PackedSimd.Dot(left, right);
        if (AdvSimd.IsSupported)
        {
            var lower = AdvSimd.MultiplyWideningLower(left.GetLower(), right.GetLower());
            return AdvSimd.MultiplyWideningUpperAndAdd(lower, left, right);
        }

        return Vector128.WidenLower(left) * Vector128.WidenLower(right) + Vector128.WidenUpper(left) * Vector128.WidenUpper(right);
    }
}
