using System.Numerics.Tensors;

namespace Tandem.Device.Kernels;

/// <summary>The backward pass through <see cref="UnitLength"/>: dx = (dy − y ⟨y, dy⟩) / ‖x‖, and dy / floor below the floor.</summary>
internal static class UnitLengthGradient
{
    /// <param name="x">[D].</param>
    /// <param name="y">[D] x / ‖x‖.</param>
    /// <param name="dy">[D], becomes dx.</param>
    public static void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> dy)
    {
        var length = TensorPrimitives.Norm(x);
        if (length > UnitLength.Least) TensorPrimitives.MultiplyAdd(y, -TensorPrimitives.Dot(y, dy), dy, dy);
        TensorPrimitives.Divide(dy, MathF.Max(length, UnitLength.Least), dy);
    }
}
