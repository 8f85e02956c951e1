using System.Numerics.Tensors;

namespace Tandem.Device.Kernels;

/// <summary>The backward pass through <see cref="Activations"/>: dy becomes dx, given the x of the forward pass.</summary>
internal static class ActivationGradients
{
    private const float InverseRootOfTwoPi = 0.3989422804014327f;

    public static void Relu(ReadOnlySpan<float> x, Span<float> dy)
    {
        for (var i = 0; i < x.Length; i++) dy[i] = x[i] > 0 ? dy[i] : 0;
    }

    /// <summary>Φ(x) + x φ(x), with Φ(x) = gelu(x) / x.</summary>
    /// <param name="x">[N].</param>
    /// <param name="gelu">[N] of the forward pass.</param>
    /// <param name="dy">[N].</param>
    public static void Gelu(ReadOnlySpan<float> x, ReadOnlySpan<float> gelu, Span<float> dy)
    {
        for (var i = 0; i < x.Length; i++)
        {
            var share = MathF.Abs(x[i]) > 1e-3f ? gelu[i] / x[i] : 0.5f + x[i] * InverseRootOfTwoPi; // the quotient loses digits near 0
            dy[i] *= share + x[i] * InverseRootOfTwoPi * MathF.Exp(-0.5f * x[i] * x[i]);
        }
    }

    /// <summary>σ(x) (1 + x (1 − σ(x))).</summary>
    public static void Silu(ReadOnlySpan<float> x, Span<float> dy)
    {
        for (var i = 0; i < x.Length; i++) dy[i] *= SiluSlope(x[i]);
    }

    /// <summary>The derivative of x σ(x).</summary>
    public static float SiluSlope(float x)
    {
        var sigmoid = 1 / (1 + MathF.Exp(-x));
        return sigmoid * (1 + x * (1 - sigmoid));
    }

    /// <summary>y = silu(gate) up.</summary>
    /// <param name="gate">[N].</param>
    /// <param name="up">[N].</param>
    /// <param name="dy">[N].</param>
    /// <param name="dGate">[N], overwritten.</param>
    /// <param name="dUp">[N], overwritten.</param>
    public static void SwiGlu(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, ReadOnlySpan<float> dy, Span<float> dGate, Span<float> dUp)
    {
        Activations.Silu(gate, dUp);
        TensorPrimitives.Multiply(dUp, dy, dUp);
        TensorPrimitives.Multiply(dy, up, dGate);
        Silu(gate, dGate);
    }

    /// <summary>y = σ(x), by what it gave.</summary>
    /// <param name="y">[N] σ(x).</param>
    /// <param name="dy">[N].</param>
    public static void Sigmoid(ReadOnlySpan<float> y, Span<float> dy)
    {
        for (var i = 0; i < y.Length; i++) dy[i] *= y[i] * (1 - y[i]);
    }

    /// <returns>The gradient of the slope.</returns>
    /// <param name="x">[N].</param>
    /// <param name="slope">Of negative x.</param>
    /// <param name="dy">[N].</param>
    public static float PRelu(ReadOnlySpan<float> x, float slope, Span<float> dy)
    {
        var dSlope = 0f;
        for (var i = 0; i < x.Length; i++)
        {
            if (x[i] >= 0) continue;
            dSlope += dy[i] * x[i];
            dy[i] *= slope;
        }

        return dSlope;
    }
}
