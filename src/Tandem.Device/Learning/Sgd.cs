using System.Numerics.Tensors;
using Tandem.Device.Models;

namespace Tandem.Device.Learning;

/// <summary>w −= rate · g.</summary>
/// <param name="slices">What is learned.</param>
internal sealed class Sgd(IReadOnlyList<Slice> slices) : Optimizer(slices)
{
    /// <inheritdoc/>
    public override long SizeBytes => 0;

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> gradient, float rate, Span<float> weights)
    {
        for (var i = 0; i < Slices.Count; i++)
            TensorPrimitives.MultiplyAdd(Slices[i].Of(gradient), -rate, Slices[i].Of(weights), Slices[i].Of(weights));
    }
}
