using System.Runtime.CompilerServices;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>How a table stores its numbers, read as float32.</summary>
internal interface IStoredFormat<T> where T : unmanaged
{
    static abstract TLanes Load<TLanes>(ref readonly T source, nuint offset) where TLanes : struct, ILanes<TLanes>;

    static abstract float Load(T value);
}

internal readonly struct SingleFormat : IStoredFormat<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(ref readonly float source, nuint offset) where TLanes : struct, ILanes<TLanes> =>
        TLanes.Load(in source, offset);

    public static float Load(float value) => value;
}

internal readonly struct HalfFormat : IStoredFormat<Half>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(ref readonly Half source, nuint offset) where TLanes : struct, ILanes<TLanes> =>
        TLanes.LoadHalf(in source, offset);

    public static float Load(Half value) => (float)value;
}

/// <summary>Finite fp16 over 2¹¹², for a factor that makes up for it.</summary>
internal readonly struct LoweredHalfFormat : IStoredFormat<Half>
{
    private const float Lowering = 1 / 5.1922969e33f; // 2⁻¹¹²

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(ref readonly Half source, nuint offset) where TLanes : struct, ILanes<TLanes> =>
        TLanes.LoadLoweredHalf(in source, offset);

    public static float Load(Half value) => (float)value * Lowering;
}

internal readonly struct Int8Format : IStoredFormat<sbyte>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(ref readonly sbyte source, nuint offset) where TLanes : struct, ILanes<TLanes> =>
        TLanes.LoadInt8(in source, offset);

    public static float Load(sbyte value) => value;
}
