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

    /// <summary>x (1 + tanh u) / 2 with u = √(2/π) (x + 0.044715 x³): gelu by its tanh approximation.</summary>
    public static void GeluTanh(ReadOnlySpan<float> x, Span<float> destination) =>
        Elementwise.Map(default(GeluTanhFunction), x, destination);

    /// <summary>The derivative of <see cref="GeluTanh"/>, within 5e-6.</summary>
    public static void GeluTanhSlope(ReadOnlySpan<float> x, Span<float> destination) =>
        Elementwise.Map(default(GeluTanhSlopeFunction), x, destination);

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

    internal readonly struct GeluTanhFunction : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Apply<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes> => x * Transcendental.Sigmoid(Bend.Of(x));

        public float Apply(float x) => x / (1 + MathF.Exp(-Bend.Of(x)));
    }

    internal readonly struct GeluTanhSlopeFunction : IElementwise
    {
        // Beyond it the slope is 0 or 1, and a product of its parts would be infinity times 0 at last.
        private const float Bound = 30;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Apply<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes>
        {
            var (low, high) = (TLanes.Broadcast(-Bound), TLanes.Broadcast(Bound));
            x = TLanes.WhereLess(x, low, low, TLanes.WhereLess(high, x, high, x));
            var share = Transcendental.Sigmoid(Bend.Of(x));
            return TLanes.MultiplyAdd(x * Bend.Slope(x), share * (TLanes.Broadcast(1f) - share), share);
        }

        public float Apply(float x)
        {
            x = Math.Clamp(x, -Bound, Bound);
            var share = 1 / (1 + MathF.Exp(-Bend.Of(x)));
            return share + x * Bend.Slope(x) * share * (1 - share);
        }
    }

    /// <summary>2 u of gelu's tanh approximation: (1 + tanh u) / 2 = σ(2 u).</summary>
    private static class Bend
    {
        private const float Linear = 1.59576912f;           // 2 √(2/π)
        private const float Cubic = 0.044715f * Linear;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes> =>
            x * TLanes.MultiplyAdd(x * x, TLanes.Broadcast(Cubic), TLanes.Broadcast(Linear));

        public static float Of(float x) => x * (x * x * Cubic + Linear);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Slope<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes> =>
            TLanes.MultiplyAdd(x * x, TLanes.Broadcast(3 * Cubic), TLanes.Broadcast(Linear));

        public static float Slope(float x) => x * x * (3 * Cubic) + Linear;
    }
}
