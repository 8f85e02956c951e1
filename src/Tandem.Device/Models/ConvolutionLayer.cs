using System.Numerics.Tensors;

namespace Tandem.Device.Models;

/// <summary>
/// y_t = c + Σ_j w_j ⊙ x_{t − 3 + j}, j = 0 … 3, feature by feature. What lies before the rows is a tail, [3 × D], oldest first; before
/// the first event it is 0.
/// </summary>
/// <param name="Weight">[4 × D], oldest tap first.</param>
/// <param name="Bias">[D].</param>
internal readonly record struct ConvolutionLayer(Slice Weight, Slice Bias)
{
    /// <summary>Rows that a tail has.</summary>
    public const int Tail = Taps - 1;

    private const int Taps = 4;

    /// <summary>Adds a convolution's tensors, <c>name.weight</c> and <c>name.bias</c>, to a layout.</summary>
    public static ConvolutionLayer Add(ParameterLayout layout, string name, int width) =>
        new(layout.AddTransposed($"{name}.weight", width, Taps), layout.Add($"{name}.bias", width));

    /// <param name="weights">By the layout.</param>
    /// <param name="tail">[3 × D].</param>
    /// <param name="x">[N rows] of <paramref name="stride"/> floats, of which the first D are read.</param>
    /// <param name="stride">Floats from row to row of x.</param>
    /// <param name="y">[N rows], of which the first D are overwritten.</param>
    /// <param name="yStride">Floats from row to row of y.</param>
    public void Apply(ReadOnlySpan<float> weights, ReadOnlySpan<float> tail, ReadOnlySpan<float> x, int stride, Span<float> y, int yStride)
    {
        var D = Bias.Length;
        var taps = Weight.Of(weights);
        for (var t = 0; t * stride < x.Length; t++)
        {
            var row = y.Slice(t * yStride, D);
            Bias.Of(weights).CopyTo(row);
            for (var tap = 0; tap < Taps; tap++)
            {
                var from = t - Tail + tap;
                var input = from < 0 ? tail.Slice((from + Tail) * D, D) : x.Slice(from * stride, D);
                TensorPrimitives.MultiplyAdd(input, taps.Slice(tap * D, D), row, row);
            }
        }
    }

    /// <summary>Moves a tail on.</summary>
    /// <param name="x">[N rows] that came after it.</param>
    /// <param name="stride">Floats from row to row of x.</param>
    /// <param name="tail">[3 × D].</param>
    public static void Remember(ReadOnlySpan<float> x, int stride, Span<float> tail)
    {
        var (D, rows) = (tail.Length / Tail, x.Length / stride);
        var kept = Math.Max(0, Tail - rows);
        tail[^(kept * D)..].CopyTo(tail);
        for (var i = kept; i < Tail; i++) x.Slice((rows - Tail + i) * stride, D).CopyTo(tail[(i * D)..]);
    }
}
