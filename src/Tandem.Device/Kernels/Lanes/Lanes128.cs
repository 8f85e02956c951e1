using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.Wasm;
using System.Runtime.Intrinsics.X86;

namespace Tandem.Device.Kernels.Lanes;

/// <summary>Four floats: SSE, NEON and WebAssembly.</summary>
internal readonly struct Lanes128(Vector128<float> value) : ILanes<Lanes128>
{
    private readonly Vector128<float> _value = value;

    public static int Count => Vector128<float>.Count;

    public static Lanes128 Zero => new(Vector128<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(ref readonly float source, nuint offset) => new(Vector128.LoadUnsafe(in source, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadInt8(ref readonly sbyte source, nuint offset)
    {
        ref var first = ref Unsafe.As<sbyte, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));
        var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<int>(ref first)).AsSByte();
        return new(Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadHalf(ref readonly Half source, nuint offset)
    {
        ref var first = ref Unsafe.As<Half, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));
        var bits = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref first)).AsUInt16());
        // Exponent and significand in their new places are the value over 2¹¹², but for an exponent of all ones.
        var magnitude = Vector128.ShiftLeft(bits & Vector128.Create(0x7FFFu), 13);
        var special = Vector128.GreaterThanOrEqual(magnitude, Vector128.Create(0x7C00u << 13)) & Vector128.Create(0x7F800000u);
        var scaled = (magnitude.AsSingle() * Vector128.Create(0x77800000u).AsSingle()).AsUInt32();
        return new((scaled | special | Vector128.ShiftLeft(bits & Vector128.Create(0x8000u), 16)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadLoweredHalf(ref readonly Half source, nuint offset)
    {
        ref var first = ref Unsafe.As<Half, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));
        var bits = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref first)).AsInt16());
        // Widened, the sign fills the upper bits: shifted, it stands where a float's does, and in the three places that are cleared.
        return new((Vector128.ShiftLeft(bits, 13) & Vector128.Create(unchecked((int)0x8FFFFFFF))).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 vector, ref float destination, nuint offset) => vector._value.StoreUnsafe(ref destination, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 left, Lanes128 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 left, Lanes128 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 left, Lanes128 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 left, Lanes128 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 left, Lanes128 right, Lanes128 addend) => new(PackedSimd.IsSupported
        // The interpreter of WebAssembly runs the estimate lane by lane: a click took 12 times as long.
        ? left._value * right._value + addend._value
        : Vector128.MultiplyAddEstimate(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right) => new(Vector128.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WhereLess(Lanes128 left, Lanes128 right, Lanes128 then, Lanes128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(left._value, right._value), then._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Abs(Lanes128 vector) => new(Vector128.Abs(vector._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 PowerOfTwo(Lanes128 significand) =>
        new(((Vector128.ShiftLeft(significand._value.AsInt32(), 23)) + Vector128.Create(1f).AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SwapPairs(Lanes128 vector) =>
        new(Vector128.Shuffle(vector._value, Vector128.Create(1, 0, 3, 2)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 KeepLast(Lanes128 vector, int count)
    {
        var kept = Vector128.GreaterThanOrEqual(Vector128<int>.Indices, Vector128.Create(Count - count));
        return new(vector._value & kept.AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes128 vector)
    {
        var halves = vector._value + Vector128.Shuffle(vector._value, Vector128.Create(2, 3, 0, 1));
        return halves.ToScalar() + halves.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sums(Lanes128 first, Lanes128 second, Lanes128 third, Lanes128 fourth)
    {
        if (Sse.IsSupported)
        {
            // (a₀+a₂, b₀+b₂, a₁+a₃, b₁+b₃) of each pair, then the halves of both pairs side by side.
            var ab = Sse.UnpackLow(first._value, second._value) + Sse.UnpackHigh(first._value, second._value);
            var cd = Sse.UnpackLow(third._value, fourth._value) + Sse.UnpackHigh(third._value, fourth._value);
            return Sse.MoveLowToHigh(ab, cd) + Sse.MoveHighToLow(cd, ab);
        }

        if (AdvSimd.Arm64.IsSupported)
        {
            var ab = AdvSimd.Arm64.ZipLow(first._value, second._value) + AdvSimd.Arm64.ZipHigh(first._value, second._value);
            var cd = AdvSimd.Arm64.ZipLow(third._value, fourth._value) + AdvSimd.Arm64.ZipHigh(third._value, fourth._value);
            return Vector128.Create(ab.GetLower(), cd.GetLower()) + Vector128.Create(ab.GetUpper(), cd.GetUpper());
        }

        return Vector128.Create(Sum(first), Sum(second), Sum(third), Sum(fourth));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes128 vector)
    {
        var halves = Vector128.MaxNative(vector._value, Vector128.Shuffle(vector._value, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(halves, Vector128.Shuffle(halves, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAtLeast(Lanes128 left, Lanes128 right) => Vector128.GreaterThanOrEqualAny(left._value, right._value);
}
