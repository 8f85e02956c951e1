using System.Numerics.Tensors;
using Tandem.Learning.Layers;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Codes.Network;

/// <summary>
/// The mean of each item's code vectors as one node of autograd: as a gather of N × L rows the copy would be L times the result, and its
/// gradient would be added row by row.
/// </summary>
internal sealed class CodeMeans : autograd.SingleTensorFunction<CodeMeans>
{
    private const string Rows = "rows";
    private const string Shape = "shape";

    /// <inheritdoc/>
    public override string Name => nameof(CodeMeans);

    /// <summary>[N, D]: zeros where an item has no codes.</summary>
    /// <param name="codes">[L × K, D] code vectors, float32 on the CPU.</param>
    /// <param name="rows">[N, L] rows of the items' codes; −1 throughout for padding.</param>
    /// <param name="levels">L.</param>
    public static Tensor Of(Tensor codes, int[] rows, int levels) => apply(codes, rows, levels);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (codes, rows, levels) = ((Tensor)vars[0], (int[])vars[1], (int)vars[2]);
        var (width, share) = ((int)codes.shape[1], 1f / levels);
        var means = zeros(rows.Length / levels, width);
        var from = TensorValues.InPlace<float>(codes);
        var to = TensorValues.InPlace<float>(means);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] < 0) continue;
            var mean = to.Slice(i / levels * width, width);
            TensorPrimitives.MultiplyAdd(from.Slice(rows[i] * width, width), share, mean, mean);
        }

        ctx.save_data(Rows, rows);
        ctx.save_data(Shape, new Sizes((int)codes.shape[0], width, levels));
        return means;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var (rows, sizes) = ((int[])ctx.get_data(Rows), (Sizes)ctx.get_data(Shape));
        var (width, share) = (sizes.Width, 1f / sizes.Levels);
        var gradient = zeros(sizes.Codes, width);
        using var whole = grad_output.contiguous();
        var from = TensorValues.InPlace<float>(whole);
        var to = TensorValues.InPlace<float>(gradient);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] < 0) continue;
            var own = to.Slice(rows[i] * width, width);
            TensorPrimitives.MultiplyAdd(from.Slice(i / sizes.Levels * width, width), share, own, own);
        }

        return [gradient, null!, null!]; // rows and levels have none
    }

    private sealed record Sizes(int Codes, int Width, int Levels);
}
