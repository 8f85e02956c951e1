using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>Arithmetic of tensors with numbers that live as long as native code reads them.</summary>
/// <remarks>
/// TorchSharp turns each number of an operator, and the factor 1 of every sum of two tensors, into a native scalar whose managed
/// owner nothing refers to once its handle was read. A garbage collection at that moment frees the scalar while libtorch still reads
/// it, and training dies ("Exception raised from toFloat"). So numbers that recur are constants here, others are owned until the call
/// has returned, and <c>eng/BannedSymbols.txt</c> bans the rest: docs/native-torch.md. Results are those of TorchSharp's operators
/// to the bit.
/// </remarks>
public static class TensorArithmetic
{
    /// <summary>0, an integer: takes no tensor to another type.</summary>
    public static Scalar Zero { get; } = 0.ToScalar();

    /// <summary>1, an integer: takes no tensor to another type.</summary>
    public static Scalar One { get; } = 1.ToScalar();

    /// <summary>−∞, as float32.</summary>
    public static Scalar NegativeInfinity { get; } = float.NegativeInfinity.ToScalar();

    private static readonly Scalar _two = 2.ToScalar();
    private static readonly Scalar _softplusBeta = 1.0.ToScalar();
    private static readonly Scalar _softplusThreshold = 20.0.ToScalar(); // beyond it softplus is the identity, as Torch has it by default

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <summary>a + b for a tensor of floats.</summary>
    public static Tensor Plus(this Tensor a, double b)
    {
        using var number = b.ToScalar();
        return a.add(number, One);
    }

    /// <summary>a b for a tensor of floats.</summary>
    public static Tensor Times(this Tensor a, double b)
    {
        using var number = b.ToScalar();
        return a.mul(number);
    }

    /// <summary>a / b for a tensor of floats.</summary>
    public static Tensor DividedBy(this Tensor a, double b)
    {
        using var number = b.ToScalar();
        return a.div(number);
    }

    /// <summary>a².</summary>
    public static Tensor Squared(this Tensor a) => a.pow(_two);

    /// <summary>log(1 + eᵃ).</summary>
    public static Tensor Softplus(this Tensor a) => Softplus(a, _softplusBeta, _softplusThreshold);

    /// <summary>a with what lies outside of <paramref name="least"/> … <paramref name="most"/> moved to the nearer bound.</summary>
    public static Tensor Within(this Tensor a, long least, long most)
    {
        using var lower = least.ToScalar();
        using var upper = most.ToScalar();
        return a.clamp(lower, upper);
    }

    /// <inheritdoc cref="Within(Tensor, long, long)"/>
    public static Tensor Within(this Tensor a, double least, double most)
    {
        using var lower = least.ToScalar();
        using var upper = most.ToScalar();
        return a.clamp(lower, upper);
    }

    /// <summary>What is left of a after whole multiples of b, with the sign of a.</summary>
    public static Tensor Remainder(this Tensor a, double b)
    {
        using var number = b.ToScalar();
        return a.fmod(number);
    }

    /// <summary>start, start + step, … below stop.</summary>
    public static Tensor Range(long start, long stop, long step = 1, ScalarType type = ScalarType.Int64)
    {
        using var first = start.ToScalar();
        using var end = stop.ToScalar();
        using var stride = step.ToScalar();
        return arange(first, end, stride, type);
    }

    /// <summary>Draws from a normal distribution around 0, of Torch's own generator.</summary>
    public static Tensor Normal(double deviation, params ReadOnlySpan<long> shape)
    {
        using var draws = randn(shape);
        return draws.Times(deviation);
    }

    // The overloads in sight take numbers and leave their scalars to the finaliser; this is the one that they call.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "softplus1")]
    private static extern Tensor Softplus(Tensor tensor, Scalar beta, Scalar threshold);
}
