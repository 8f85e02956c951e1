using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tandem.Device.Kernels.Lanes;

/// <summary>Eight floats: AVX2.</summary>
internal readonly struct Lanes256(Vector256<float> value) : ILanes<Lanes256>
{
    private readonly Vector256<float> _value = value;

    public static int Count => Vector256<float>.Count;

    public static Lanes256 Zero => new(Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(ref readonly float source, nuint offset) => new(Vector256.LoadUnsafe(in source, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadInt8(ref readonly sbyte source, nuint offset)
    {
        ref var first = ref Unsafe.As<sbyte, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));
        var shorts = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref first)).AsSByte());
        return new(Vector256.ConvertToSingle(Vector256.WidenLower(shorts.ToVector256Unsafe())));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadHalf(ref readonly Half source, nuint offset)
    {
        ref var first = ref Unsafe.As<Half, ushort>(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));
        var bits = Vector256.WidenLower(Vector128.LoadUnsafe(ref first).ToVector256Unsafe());
        // Exponent and significand in their new places are the value over 2¹¹², but for an exponent of all ones.
        var magnitude = Vector256.ShiftLeft(bits & Vector256.Create(0x7FFFu), 13);
        var special = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x7C00u << 13)) & Vector256.Create(0x7F800000u);
        var scaled = (magnitude.AsSingle() * Vector256.Create(0x77800000u).AsSingle()).AsUInt32();
        return new((scaled | special | Vector256.ShiftLeft(bits & Vector256.Create(0x8000u), 16)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadLoweredHalf(ref readonly Half source, nuint offset)
    {
        ref var first = ref Unsafe.As<Half, short>(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));
        var bits = Vector256.WidenLower(Vector128.LoadUnsafe(ref first).ToVector256Unsafe());
        // Widened, the sign fills the upper bits: shifted, it stands where a float's does, and in the three places that are cleared.
        return new((Vector256.ShiftLeft(bits, 13) & Vector256.Create(unchecked((int)0x8FFFFFFF))).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 vector, ref float destination, nuint offset) => vector._value.StoreUnsafe(ref destination, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 left, Lanes256 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 left, Lanes256 right, Lanes256 addend) =>
        new(Vector256.MultiplyAddEstimate(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) => new(Vector256.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WhereLess(Lanes256 left, Lanes256 right, Lanes256 then, Lanes256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(left._value, right._value), then._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Abs(Lanes256 vector) => new(Vector256.Abs(vector._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 PowerOfTwo(Lanes256 significand) =>
        new(((Vector256.ShiftLeft(significand._value.AsInt32(), 23)) + Vector256.Create(1f).AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SwapPairs(Lanes256 vector) =>
        new(Vector256.Shuffle(vector._value, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 KeepLast(Lanes256 vector, int count)
    {
        var kept = Vector256.GreaterThanOrEqual(Vector256<int>.Indices, Vector256.Create(Count - count));
        return new(vector._value & kept.AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256 vector) => Lanes128.Sum(vector.Folded);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sums(Lanes256 first, Lanes256 second, Lanes256 third, Lanes256 fourth) =>
        Lanes128.Sums(first.Folded, second.Folded, third.Folded, fourth.Folded);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes256 vector) =>
        Lanes128.Largest(Lanes128.Max(new(vector._value.GetLower()), new(vector._value.GetUpper())));

    private Lanes128 Folded
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_value.GetLower() + _value.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAtLeast(Lanes256 left, Lanes256 right) => Vector256.GreaterThanOrEqualAny(left._value, right._value);
}
