using System.Numerics.Tensors;

namespace Tandem.Device.Kernels;

/// <summary>x / ‖x‖, with torch's floor under the length.</summary>
internal static class UnitLength
{
    public const float Least = 1e-12f;

    /// <param name="x">[D], scaled in place.</param>
    public static void Scale(Span<float> x) => TensorPrimitives.Divide(x, MathF.Max(TensorPrimitives.Norm<float>(x), Least), x);
}
