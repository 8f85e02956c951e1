using Tandem.Device.Kernels;

namespace Tandem.Device.Models;

/// <summary>
/// y = W x over rows, for a matrix that lies transposed: products over many rows then run along the outputs and need no sum over lanes,
/// which makes them half as fast again as those of a <see cref="LinearLayer"/>.
/// </summary>
/// <param name="Weight">[I × O].</param>
/// <param name="Inputs">I.</param>
/// <param name="Outputs">O.</param>
internal readonly record struct ColumnLayer(Slice Weight, int Inputs, int Outputs)
{
    /// <summary>Adds a layer's tensor, <c>name.weight</c>, to a layout.</summary>
    public static ColumnLayer Add(ParameterLayout layout, string name, int inputs, int outputs) =>
        new(layout.AddTransposed($"{name}.weight", outputs, inputs), inputs, outputs);

    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × I].</param>
    /// <param name="y">[N × O].</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    public void Apply(ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> y, bool accumulate = false) =>
        MatrixProduct.Times(x, Weight.Of(weights), y, accumulate);
}
