using System.Numerics;

namespace Tandem.Learning.Backbones.Fused;

/// <summary>The rotation of <see cref="TttRotation"/> and its reverse, one row at a time.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class TttTurns<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int _pairs;
    private readonly T[] _cos; // [b, F/2]
    private readonly T[] _sin;

    /// <param name="angles">[b, F/2].</param>
    /// <param name="pairs">F/2.</param>
    public TttTurns(ReadOnlySpan<double> angles, int pairs)
    {
        _pairs = pairs;
        (_cos, _sin) = (new T[angles.Length], new T[angles.Length]);
        for (var i = 0; i < angles.Length; i++)
            (_cos[i], _sin[i]) = (T.CreateChecked(Math.Cos(angles[i])), T.CreateChecked(Math.Sin(angles[i])));
    }

    /// <param name="x">[F].</param>
    /// <param name="place">In 0 … b − 1.</param>
    /// <param name="destination">[F].</param>
    public void Turn(ReadOnlySpan<T> x, int place, Span<T> destination)
    {
        for (var i = 0; i < _pairs; i++)
        {
            var (cos, sin) = (_cos[place * _pairs + i], _sin[place * _pairs + i]);
            var (even, odd) = (x[2 * i], x[2 * i + 1]);
            (destination[2 * i], destination[2 * i + 1]) = (even * cos - odd * sin, odd * cos + even * sin);
        }
    }

    /// <summary>What reaches a row of a gradient that reaches its turned form.</summary>
    public void TurnBack(ReadOnlySpan<T> x, int place, Span<T> destination)
    {
        for (var i = 0; i < _pairs; i++)
        {
            var (cos, sin) = (_cos[place * _pairs + i], _sin[place * _pairs + i]);
            var (even, odd) = (x[2 * i], x[2 * i + 1]);
            (destination[2 * i], destination[2 * i + 1]) = (even * cos + odd * sin, odd * cos - even * sin);
        }
    }
}
