using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>x Wᵀ + b in the type of x, whatever type the weights are kept in.</summary>
/// <remarks>
/// Weights of BF16 are exact in float32, so that a product of widened weights is that of weights kept in float32, to the bit. Wide weights
/// and narrow x are mixed precision: gradients come back in the type of the weights.
/// </remarks>
internal static class TypedProduct
{
    /// <summary>Weights that are widened at a time where none has a gradient: 1 MB of float32, which stays in a core's cache.</summary>
    private const int PieceElements = 1 << 18;

    /// <param name="x">[..., I].</param>
    /// <param name="weight">[O, I].</param>
    /// <param name="bias">[O], or null.</param>
    /// <returns>[..., O].</returns>
    public static Tensor Of(Tensor x, Tensor weight, Tensor? bias = null)
    {
        if (BrainRows.Take(x, weight) && !is_grad_enabled()) return ByRows(x, weight, bias);
        if (weight.dtype == x.dtype && (bias is null || bias.dtype == x.dtype)) return nn.functional.linear(x, weight, bias);
        using var scope = NewDisposeScope();
        var b = bias is null ? null : InType(bias, x.dtype);
        var isWhole = weight.dtype == x.dtype || is_grad_enabled() || weight.numel() <= PieceElements;
        var y = isWhole ? nn.functional.linear(x, InType(weight, x.dtype), b) : ByPieces(x, weight, b);
        return y.MoveToOuterDisposeScope();
    }

    /// <summary>The tensor itself, or a copy in another type.</summary>
    public static Tensor InType(Tensor values, ScalarType type) => values.dtype == type ? values : values.to(type);

    private static Tensor ByRows(Tensor x, Tensor weight, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var product = BrainRows.Product(x, weight);
        return InType(bias is null ? product : product.Plus(bias), x.dtype).MoveToOuterDisposeScope();
    }

    private static Tensor ByPieces(Tensor x, Tensor weight, Tensor? bias)
    {
        var (O, I) = (weight.shape[0], weight.shape[1]);
        var rows = Math.Max(1, PieceElements / I);
        var widened = empty(Math.Min(rows, O), I, dtype: x.dtype, device: x.device);
        var y = empty([.. x.shape[..^1], O], dtype: x.dtype, device: x.device);
        for (long from = 0; from < O; from += rows)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(rows, O - from);
            var piece = widened.narrow(0, 0, count).copy_(weight.narrow(0, from, count));
            y.narrow(-1, from, count).copy_(nn.functional.linear(x, piece, bias?.narrow(0, from, count)));
        }

        return y;
    }
}
