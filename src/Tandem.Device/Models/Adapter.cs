using System.Numerics.Tensors;
using Tandem.Device.Kernels;

namespace Tandem.Device.Models;

/// <summary>
/// A low-rank change of a user's vector, y = x + B (A x) (LoRA, arXiv 2106.09685), that a device learns. No bundle holds it: B starts
/// at 0, so that a shipped model is what was trained, and A at fixed values of deviation 1 / √D.
/// </summary>
internal readonly record struct Adapter
{
    /// <summary>R. Small, for a user has few events to learn from.</summary>
    public const int Rank = 4;

    /// <param name="layout">Receives its tensors.</param>
    /// <param name="width">D.</param>
    public Adapter(ParameterLayout layout, int width)
    {
        Down = layout.AddPersonal("adapter.down", Rank, width);
        Up = layout.AddPersonal("adapter.up", width, Rank);
    }

    /// <summary>A, [R × D].</summary>
    public Slice Down { get; }

    /// <summary>B, [D × R].</summary>
    public Slice Up { get; }

    /// <summary>Starting values.</summary>
    public void Initialize(Span<float> parameters)
    {
        Up.Of(parameters).Clear();
        var down = Down.Of(parameters);
        var state = 1u;
        var bound = MathF.Sqrt(3f * Rank / down.Length); // a uniform value of ±√(3 / D) has deviation 1 / √D
        foreach (ref var value in down)
        {
            state = state * 1_664_525 + 1_013_904_223;   // Numerical Recipes' generator: the same values on every system and in every version
            value = bound * ((state >> 8) / (float)(1 << 23) - 1);
        }
    }

    /// <param name="weights">By the layout.</param>
    /// <param name="x">[D], changed in place.</param>
    public void Apply(ReadOnlySpan<float> weights, Span<float> x)
    {
        Span<float> inner = stackalloc float[Rank];
        MatrixVector.Multiply(Down.Of(weights), [], x, inner);
        var up = Up.Of(weights);
        for (var d = 0; d < x.Length; d++) x[d] += TensorPrimitives.Dot(up.Slice(d * Rank, Rank), inner);
    }
}
