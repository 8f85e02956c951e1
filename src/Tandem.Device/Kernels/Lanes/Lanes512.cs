using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tandem.Device.Kernels.Lanes;

/// <summary>Sixteen floats: AVX-512.</summary>
internal readonly struct Lanes512(Vector512<float> value) : ILanes<Lanes512>
{
    private readonly Vector512<float> _value = value;

    public static int Count => Vector512<float>.Count;

    public static Lanes512 Zero => new(Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(ref readonly float source, nuint offset) => new(Vector512.LoadUnsafe(in source, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadInt8(ref readonly sbyte source, nuint offset)
    {
        var shorts = Vector256.WidenLower(Vector128.LoadUnsafe(in source, offset).ToVector256Unsafe());
        return new(Vector512.ConvertToSingle(Vector512.WidenLower(shorts.ToVector512Unsafe())));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadHalf(ref readonly Half source, nuint offset)
    {
        ref var first = ref Unsafe.As<Half, ushort>(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));
        var bits = Vector512.WidenLower(Vector256.LoadUnsafe(ref first).ToVector512Unsafe());
        // Exponent and significand in their new places are the value over 2¹¹², but for an exponent of all ones.
        var magnitude = Vector512.ShiftLeft(bits & Vector512.Create(0x7FFFu), 13);
        var special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x7C00u << 13)) & Vector512.Create(0x7F800000u);
        var scaled = (magnitude.AsSingle() * Vector512.Create(0x77800000u).AsSingle()).AsUInt32();
        return new((scaled | special | Vector512.ShiftLeft(bits & Vector512.Create(0x8000u), 16)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadLoweredHalf(ref readonly Half source, nuint offset)
    {
        ref var first = ref Unsafe.As<Half, short>(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));
        var bits = Vector512.WidenLower(Vector256.LoadUnsafe(ref first).ToVector512Unsafe());
        // Widened, the sign fills the upper bits: shifted, it stands where a float's does, and in the three places that are cleared.
        return new((Vector512.ShiftLeft(bits, 13) & Vector512.Create(unchecked((int)0x8FFFFFFF))).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 vector, ref float destination, nuint offset) => vector._value.StoreUnsafe(ref destination, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 left, Lanes512 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 left, Lanes512 right, Lanes512 addend) =>
        new(Vector512.MultiplyAddEstimate(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new(Vector512.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WhereLess(Lanes512 left, Lanes512 right, Lanes512 then, Lanes512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(left._value, right._value), then._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Abs(Lanes512 vector) => new(Vector512.Abs(vector._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 PowerOfTwo(Lanes512 significand) =>
        new(((Vector512.ShiftLeft(significand._value.AsInt32(), 23)) + Vector512.Create(1f).AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SwapPairs(Lanes512 vector) =>
        new(Vector512.Shuffle(vector._value, Vector512.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 KeepLast(Lanes512 vector, int count)
    {
        var kept = Vector512.GreaterThanOrEqual(Vector512<int>.Indices, Vector512.Create(Count - count));
        return new(vector._value & kept.AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes512 vector) => Lanes256.Sum(vector.Folded);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sums(Lanes512 first, Lanes512 second, Lanes512 third, Lanes512 fourth) =>
        Lanes256.Sums(first.Folded, second.Folded, third.Folded, fourth.Folded);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes512 vector) =>
        Lanes256.Largest(Lanes256.Max(new(vector._value.GetLower()), new(vector._value.GetUpper())));

    private Lanes256 Folded
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_value.GetLower() + _value.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAtLeast(Lanes512 left, Lanes512 right) => Vector512.GreaterThanOrEqualAny(left._value, right._value);
}
