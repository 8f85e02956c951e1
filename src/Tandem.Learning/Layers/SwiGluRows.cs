using System.Numerics.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Layers;

/// <summary>
/// silu(a) ⊙ b as one node of autograd: with σ = sigmoid(a), ∂a = g ⊙ b ⊙ σ (1 + a (1 − σ)) and ∂b = g ⊙ a σ.
/// </summary>
/// <remarks>
/// A block of elements stays in the cache from its sigmoid to its gradient; nothing but a and b is kept for the backward pass.
/// </remarks>
internal sealed class SwiGluRows : autograd.SingleTensorFunction<SwiGluRows>
{
    private const int Block = 1024;

    /// <inheritdoc/>
    public override string Name => nameof(SwiGluRows);

    /// <summary>float32 on the CPU, in the shape of both.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The same.</param>
    public static Tensor Of(Tensor a, Tensor b)
    {
        if (is_grad_enabled()) return apply(a, b);
        using var x = a.contiguous();
        using var gate = b.contiguous();
        return Product(x, gate);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var a = ((Tensor)vars[0]).contiguous();
        var b = ((Tensor)vars[1]).contiguous();
        var y = Product(a, b);
        ctx.save_for_backward([a, b]);
        return y;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        using var gradient = grad_output.contiguous();
        var (da, db) = (empty(saved[0].shape), empty(saved[1].shape));
        Differentiate(
            TensorValues.InPlace<float>(saved[0]), TensorValues.InPlace<float>(saved[1]), TensorValues.InPlace<float>(gradient),
            TensorValues.InPlace<float>(da), TensorValues.InPlace<float>(db));
        foreach (var tensor in saved) tensor.Dispose();
        return [da, db];
    }

    private static Tensor Product(Tensor a, Tensor b)
    {
        var y = empty(a.shape);
        ReadOnlySpan<float> x = TensorValues.InPlace<float>(a);
        ReadOnlySpan<float> gate = TensorValues.InPlace<float>(b);
        var product = TensorValues.InPlace<float>(y);
        for (var from = 0; from < x.Length; from += Block)
        {
            var length = Math.Min(Block, x.Length - from);
            var own = product.Slice(from, length);
            TensorPrimitives.Sigmoid(x.Slice(from, length), own);
            TensorPrimitives.Multiply(own, x.Slice(from, length), own);
            TensorPrimitives.Multiply(own, gate.Slice(from, length), own);
        }

        return y;
    }

    private static void Differentiate(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> g, Span<float> da, Span<float> db)
    {
        var sigmoids = new float[Block];
        for (var from = 0; from < a.Length; from += Block)
        {
            var length = Math.Min(Block, a.Length - from);
            var x = a.Slice(from, length);
            var gradient = g.Slice(from, length);
            var own = da.Slice(from, length);
            var other = db.Slice(from, length);
            var sigmoid = sigmoids.AsSpan(0, length);
            TensorPrimitives.Sigmoid(x, sigmoid);
            TensorPrimitives.Multiply(x, sigmoid, other);                               // silu
            TensorPrimitives.Subtract(x, other, own);                                   // a (1 − σ)
            TensorPrimitives.Add(own, 1f, own);
            TensorPrimitives.Multiply(own, sigmoid, own);
            TensorPrimitives.Multiply(own, b.Slice(from, length), own);
            TensorPrimitives.Multiply(own, gradient, own);
            TensorPrimitives.Multiply(other, gradient, other);
        }
    }
}
