using System.Numerics.Tensors;

namespace Tandem.Learning.Text;

/// <summary>Vectors of length 1, whose products are cosines.</summary>
internal static class UnitLength
{
    private const float Nothing = 1e-6f; // what is left of a text whose terms lie outside of all directions

    /// <summary>Brings a vector to length 1; one of next to no length becomes zeros.</summary>
    public static void Scale(Span<float> vector)
    {
        var length = TensorPrimitives.Norm<float>(vector);
        if (length < Nothing) vector.Clear();
        else TensorPrimitives.Divide(vector, length, vector);
    }

    /// <summary>Whether a vector has length 1 as float32 rounds it, or is zeros.</summary>
    public static bool Holds(ReadOnlySpan<float> vector) =>
        TensorPrimitives.Norm(vector) is var length && (MathF.Abs(length - 1) < 1e-3f || !vector.ContainsAnyExcept(0f));
}
