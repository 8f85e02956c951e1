using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Learning.Layers;

namespace Tandem.Learning.Backbones.Fused;

/// <summary>The rotation of <see cref="TttRotation"/> and its reverse, one row at a time.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class TttRotary<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int _width;
    private readonly T[] _cos;      // [b, F], each twice
    private readonly T[] _sin;      // [b, F] −sin, sin
    private readonly T[] _back;     // [b, F] sin, −sin

    /// <param name="angles">[b, F/2].</param>
    /// <param name="width">F.</param>
    public TttRotary(ReadOnlySpan<double> angles, int width)
    {
        _width = width;
        (_cos, _sin, _back) = (new T[2 * angles.Length], new T[2 * angles.Length], new T[2 * angles.Length]);
        for (var i = 0; i < angles.Length; i++)
        {
            var (cos, sin) = (T.CreateChecked(Math.Cos(angles[i])), T.CreateChecked(Math.Sin(angles[i])));
            (_cos[2 * i], _cos[2 * i + 1]) = (cos, cos);
            (_sin[2 * i], _sin[2 * i + 1]) = (-sin, sin);
            (_back[2 * i], _back[2 * i + 1]) = (sin, -sin);
        }
    }

    /// <param name="x">[F].</param>
    /// <param name="place">In 0 … b − 1.</param>
    /// <param name="destination">[F].</param>
    public void Rotate(ReadOnlySpan<T> x, int place, Span<T> destination) =>
        Rotate(x, _cos.AsSpan(place * _width, _width), _sin.AsSpan(place * _width, _width), destination);

    /// <summary>What reaches a row of a gradient that reaches its rotated form.</summary>
    public void RotateBack(ReadOnlySpan<T> x, int place, Span<T> destination) =>
        Rotate(x, _cos.AsSpan(place * _width, _width), _back.AsSpan(place * _width, _width), destination);

    private static void Rotate(ReadOnlySpan<T> x, ReadOnlySpan<T> cos, ReadOnlySpan<T> sin, Span<T> destination)
    {
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var c = ref MemoryMarshal.GetReference(cos[..x.Length]);
        ref var s = ref MemoryMarshal.GetReference(sin[..x.Length]);
        ref var y = ref MemoryMarshal.GetReference(destination[..x.Length]);
        for (nuint i = 0; i < (nuint)x.Length; i += (nuint)Vector256<T>.Count)
        {
            var own = Vector256.LoadUnsafe(ref a, i);
            SmallProducts<T>.MultiplyAdd(own, Vector256.LoadUnsafe(ref c, i), Swap(own) * Vector256.LoadUnsafe(ref s, i))
                .StoreUnsafe(ref y, i);
        }
    }

    /// <summary>Neighbours in each other's places.</summary>
    private static Vector256<T> Swap(Vector256<T> x) => typeof(T) == typeof(float)
        ? Vector256.Shuffle(x.AsSingle(), Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6)).As<float, T>()
        : Vector256.Shuffle(x.AsDouble(), Vector256.Create(1L, 0, 3, 2)).As<double, T>();
}
