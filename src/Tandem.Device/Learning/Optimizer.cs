using Tandem.Device.Models;

namespace Tandem.Device.Learning;

/// <summary>Moves some slices of a parameter array along their gradient, and leaves the rest alone.</summary>
/// <param name="slices">What is learned.</param>
internal abstract class Optimizer(IReadOnlyList<Slice> slices)
{
    /// <summary>Bytes that it holds beside weights and gradient.</summary>
    public abstract long SizeBytes { get; }

    private protected IReadOnlyList<Slice> Slices { get; } = slices;

    /// <param name="kind">Which.</param>
    /// <param name="slices">What is learned.</param>
    public static Optimizer Of(OptimizerKind kind, IReadOnlyList<Slice> slices) => kind switch
    {
        OptimizerKind.Sgd => new Sgd(slices),
        _ => new Adam(slices),
    };

    /// <summary>One step.</summary>
    /// <param name="gradient">By the layout of the weights.</param>
    /// <param name="rate">Of learning.</param>
    /// <param name="weights">Changed in place.</param>
    public abstract void Step(ReadOnlySpan<float> gradient, float rate, Span<float> weights);
}
