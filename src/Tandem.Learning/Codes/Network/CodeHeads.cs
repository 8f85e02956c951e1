using System.Numerics.Tensors;
using Tandem.Learning.Layers;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Codes.Network;

/// <summary>
/// The loss of a parallel model and its gradient, from the backbone's states on, as one node of autograd: level by level
/// h = x + silu(x W + b), u = h / |h|, p = softmax(u Cᵀ), −log p of the target.
/// </summary>
/// <remarks>
/// As separate tensor operations [L, N, D] and [L, N, K] are written and read some twenty times, which takes longer than the products; here
/// a level's rows stay in the cache between its seven products.
/// </remarks>
internal sealed class CodeHeads : autograd.SingleTensorFunction<CodeHeads>
{
    /// <inheritdoc/>
    public override string Name => nameof(CodeHeads);

    /// <summary>[1] the mean over levels and targets. All tensors are float32 on the CPU.</summary>
    /// <param name="states">x, [N, D].</param>
    /// <param name="heads">W, [L, D, D].</param>
    /// <param name="biases">b, [L, 1, D].</param>
    /// <param name="codes">C, [L, K, D] code vectors of length 1 / τ.</param>
    /// <param name="targets">[L × N] codes.</param>
    /// <param name="brainFloat">True to compute all products from operands rounded to bfloat16.</param>
    public static Tensor Loss(Tensor states, Tensor heads, Tensor biases, Tensor codes, int[] targets, bool brainFloat = false) =>
        apply(states, heads, biases, codes, targets, brainFloat);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var x = ((Tensor)vars[0]).contiguous();
        var (heads, biases, codes, targets) = ((Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (int[])vars[4]);
        var (L, N, brainFloat) = ((int)codes.shape[0], (int)x.shape[0], (bool)vars[5]);
        var gradients = new[] { zeros(x.shape), empty(heads.shape), empty(biases.shape), empty(codes.shape) };
        var sum = 0.0;
        for (var level = 0; level < L; level++)
        {
            using var scope = NewDisposeScope();
            sum += Differentiate(
                x, heads.select(0, level), biases.select(0, level).select(0, 0), codes.select(0, level), targets.AsSpan(level * N, N),
                1f / (L * N), gradients[0], gradients[1].select(0, level), gradients[2].select(0, level).select(0, 0),
                gradients[3].select(0, level), brainFloat);
        }

        ctx.save_for_backward([.. gradients]);
        var loss = empty(1);
        TensorValues.InPlace<float>(loss)[0] = (float)(sum / (L * N));
        return loss;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        List<Tensor> gradients = [.. saved.Select(gradient => gradient * grad_output)];
        foreach (var tensor in saved) tensor.Dispose();
        gradients.AddRange([null!, null!]); // targets and the way of multiplying have none
        return gradients;
    }

    /// <summary>One level: its loss summed over the targets, and the gradient of <paramref name="share"/> of that sum.</summary>
    private static double Differentiate(
        Tensor x, Tensor w, Tensor b, Tensor c, ReadOnlySpan<int> targets, float share, Tensor dx, Tensor dw, Tensor db, Tensor dc,
        bool brainFloat)
    {
        var z = Product(x, w);                                                            // [N, D]
        var (u, lengths) = (empty(z.shape), new float[targets.Length]);
        Activate(TensorValues.InPlace<float>(x), TensorValues.InPlace<float>(b), TensorValues.InPlace<float>(z),
            TensorValues.InPlace<float>(u), lengths);
        var p = Product(u, c.t());                                                        // [N, K]
        var loss = Softmax(TensorValues.InPlace<float>(p), targets, share);
        dc.copy_(Product(p.t(), u));
        var du = Product(p, c);                                                           // [N, D]
        ActivateBackward(TensorValues.InPlace<float>(z), TensorValues.InPlace<float>(u), lengths, TensorValues.InPlace<float>(du),
            TensorValues.InPlace<float>(dx));
        dw.copy_(Product(x.t(), du));
        db.copy_(du.sum(dim: 0));
        var through = Product(du, w.t());
        TensorPrimitives.Add(TensorValues.InPlace<float>(dx), TensorValues.InPlace<float>(through), TensorValues.InPlace<float>(dx));
        return loss;

        Tensor Product(Tensor left, Tensor right) => Products.Of(left, right, brainFloat);
    }

    /// <summary>z ← the slope of silu at z + b; u ← (x + silu(z + b)) / |…|.</summary>
    private static void Activate(ReadOnlySpan<float> x, ReadOnlySpan<float> bias, Span<float> z, Span<float> u, Span<float> lengths)
    {
        var width = bias.Length;
        var gate = new float[width];
        for (var n = 0; n < lengths.Length; n++)
        {
            var own = z.Slice(n * width, width);
            var unit = u.Slice(n * width, width);
            TensorPrimitives.Add(own, bias, own);
            TensorPrimitives.Sigmoid(own, gate);
            TensorPrimitives.Multiply(own, gate, unit);                                 // silu = z σ
            TensorPrimitives.Subtract(own, unit, own);                                  // slope = σ (1 + z − z σ)
            TensorPrimitives.Add(own, 1f, own);
            TensorPrimitives.Multiply(own, gate, own);
            TensorPrimitives.Add(unit, x.Slice(n * width, width), unit);
            lengths[n] = Math.Max(TensorPrimitives.Norm<float>(unit), 1e-12f);
            TensorPrimitives.Divide(unit, lengths[n], unit);
        }
    }

    /// <summary>[N, K] logits → their gradient; gives −log p summed over the targets.</summary>
    private static double Softmax(Span<float> logits, ReadOnlySpan<int> targets, float share)
    {
        var (loss, size) = (0.0, logits.Length / targets.Length);
        for (var n = 0; n < targets.Length; n++)
        {
            var row = logits.Slice(n * size, size);
            var (most, own) = (TensorPrimitives.Max<float>(row), row[targets[n]]);
            TensorPrimitives.Subtract(row, most, row);
            TensorPrimitives.Exp(row, row);
            var sum = TensorPrimitives.Sum<float>(row);
            loss += Math.Log(sum) + most - own;
            TensorPrimitives.Multiply(row, share / sum, row);
            row[targets[n]] -= share;
        }

        return loss;
    }

    /// <summary>From the gradient of u: dx += that of x + silu; du ← that of z + b.</summary>
    private static void ActivateBackward(
        ReadOnlySpan<float> slopes, ReadOnlySpan<float> u, ReadOnlySpan<float> lengths, Span<float> du, Span<float> dx)
    {
        var width = du.Length / lengths.Length;
        for (var n = 0; n < lengths.Length; n++)
        {
            var own = du.Slice(n * width, width);
            var unit = u.Slice(n * width, width);
            var below = dx.Slice(n * width, width);
            TensorPrimitives.MultiplyAdd(unit, -TensorPrimitives.Dot(own, unit), own, own); // what changes the length is lost
            TensorPrimitives.Divide(own, lengths[n], own);
            TensorPrimitives.Add(below, own, below);
            TensorPrimitives.Multiply(own, slopes.Slice(n * width, width), own);
        }
    }
}
