using Tandem.Device.Kernels;

namespace Tandem.Device.Models;

/// <summary>y = W x + b over rows.</summary>
/// <param name="Weight">[O × I].</param>
/// <param name="Bias">[O], or <see cref="Slice.None"/>.</param>
/// <param name="Inputs">I.</param>
/// <param name="Outputs">O.</param>
public readonly record struct LinearLayer(Slice Weight, Slice Bias, int Inputs, int Outputs)
{
    /// <summary>Adds a layer's tensors, <c>name.weight</c> and <c>name.bias</c>, to a layout.</summary>
    /// <param name="layout">Of the runner.</param>
    /// <param name="name">As in the bundle, without <c>.weight</c>.</param>
    /// <param name="inputs">I.</param>
    /// <param name="outputs">O.</param>
    /// <param name="hasBias">False for y = W x.</param>
    public static LinearLayer Add(ParameterLayout layout, string name, int inputs, int outputs, bool hasBias = true) => new(
        layout.Add($"{name}.weight", outputs, inputs),
        hasBias ? layout.Add($"{name}.bias", outputs) : Slice.None,
        inputs,
        outputs);

    /// <summary>The layer that computes a range of the outputs alone.</summary>
    /// <param name="first">First output.</param>
    /// <param name="outputs">Number of outputs.</param>
    public LinearLayer Part(int first, int outputs) => new(
        Weight.Rows(first, outputs, Inputs), Bias.Length == 0 ? Bias : Bias.Rows(first, outputs, 1), Inputs, outputs);

    /// <summary>y = W x + b of each row. Over many rows it equals that over each row to the bit.</summary>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × I].</param>
    /// <param name="y">[N × O], overwritten.</param>
    public void Apply(ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> y)
    {
        if (x.Length == Inputs) MatrixVector.Multiply(Weight.Of(weights), Bias.Of(weights), x, y);
        else MatrixProduct.TimesTransposed(x, Weight.Of(weights), Bias.Of(weights), y);
    }
}
