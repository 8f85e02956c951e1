using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>The networks' nonlinearities, each over [n]; the destination may be the input itself.</summary>
internal static class Activations
{
    /// <summary>max(x, 0).</summary>
    public static void Relu(ReadOnlySpan<float> x, Span<float> destination) => TensorPrimitives.Max(x, 0f, destination);

    /// <summary>x where positive, else slope · x.</summary>
    public static void PRelu(ReadOnlySpan<float> x, float slope, Span<float> destination) =>
        Elementwise.Map(new PReluFunction(slope), x, destination);

    /// <summary>σ(x) = 1 / (1 + e⁻ˣ).</summary>
    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> destination) => Elementwise.Map(default(SigmoidFunction), x, destination);

    /// <summary>x · σ(x).</summary>
    public static void Silu(ReadOnlySpan<float> x, Span<float> destination) => Elementwise.Map(default(SiluFunction), x, destination);

    /// <summary>x · Φ(x) with the error function itself, not its tanh approximation (arXiv 1606.08415): torch's default.</summary>
    public static void Gelu(ReadOnlySpan<float> x, Span<float> destination) => Elementwise.Map(default(GeluFunction), x, destination);

    /// <summary>silu(gate) ⊙ up (arXiv 2002.05202).</summary>
    /// <param name="gate">[n].</param>
    /// <param name="up">[n].</param>
    /// <param name="destination">[n], may be <paramref name="gate"/> but not <paramref name="up"/>.</param>
    public static void SwiGlu(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> destination)
    {
        Shapes.RequireLength(up.Length, gate.Length);
        Silu(gate, destination);
        TensorPrimitives.Multiply(destination, up, destination);
    }

    internal readonly struct PReluFunction(float slope) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Apply<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes> =>
            TLanes.WhereLess(x, TLanes.Zero, x * TLanes.Broadcast(slope), x);

        public float Apply(float x) => x < 0 ? x * slope : x;
    }

    internal readonly struct SigmoidFunction : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Apply<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes> => Transcendental.Sigmoid(x);

        public float Apply(float x) => 1 / (1 + MathF.Exp(-x));
    }

    internal readonly struct SiluFunction : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Apply<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes> => x * Transcendental.Sigmoid(x);

        public float Apply(float x) => x / (1 + MathF.Exp(-x));
    }

    internal readonly struct GeluFunction : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Apply<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes> => x * Transcendental.Normal(x);

        public float Apply(float x) => x * Transcendental.Normal(x);
    }
}
