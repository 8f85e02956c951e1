using System.Numerics.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Layers;

/// <summary>
/// The steps of a GRU as one node of autograd: r = σ(a_r + u_r), z = σ(a_z + u_z), n = tanh(a_n + r ⊙ u_n), h ← (1 − z) ⊙ n + z ⊙ h with
/// u = U h + b, the form of libtorch; a, the events' share, is one product over all steps.
/// </summary>
/// <remarks>
/// With the few sequences of a training step libtorch spends some twenty calls a step on rows of a few dozen numbers, and as many again
/// backward, which cost more than the arithmetic: here each pass is one call.
/// </remarks>
internal sealed class RecurrentSteps : autograd.SingleTensorFunction<RecurrentSteps>
{
    /// <inheritdoc/>
    public override string Name => nameof(RecurrentSteps);

    /// <summary>All states of a layer, as it has them itself, but for the last bits.</summary>
    /// <param name="layer">One layer, one direction, from a state of 0.</param>
    /// <param name="x">[B, T, inputs].</param>
    /// <returns>[B, T, H].</returns>
    public static Tensor Of(GRU layer, Tensor x)
    {
        var weights = layer.parameters().ToArray();                                     // W, U, b of W, b of U
        var hidden = weights[1].shape[1];
        var fits = hidden % SmallProducts<float>.Lanes == 0 && x.dtype == ScalarType.Float32
            && Array.TrueForAll(weights, TensorValues.AreInPlace<float>);
        if (!fits) return layer.call(x).Item1;
        using var scope = NewDisposeScope();
        var events = nn.functional.linear(x, weights[0], weights[2]);
        if (is_grad_enabled()) return apply(events, weights[1], weights[3]).MoveToOuterDisposeScope();
        return Run(events.contiguous(), weights[1], weights[3]).States.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (events, weight, bias) = (((Tensor)vars[0]).contiguous(), (Tensor)vars[1], (Tensor)vars[2]);
        var (states, gates) = Run(events, weight, bias);
        ctx.save_for_backward([weight, states, gates]);
        return states;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (weight, states, gates) = (saved[0], saved[1], saved[2]);
        using var gradient = grad_output.contiguous();
        var shape = RecurrentShape.Of(states);
        var events = empty(shape.Rows, shape.Steps, 3 * shape.Hidden);
        using var scope = NewDisposeScope();
        var products = empty_like(events);
        RecurrentGradient.Run(
            shape, TensorValues.InPlace<float>(weight), TensorValues.InPlace<float>(states), TensorValues.InPlace<float>(gates),
            TensorValues.InPlace<float>(gradient), TensorValues.InPlace<float>(events), TensorValues.InPlace<float>(products));
        var before = cat([zeros(shape.Rows, 1, shape.Hidden), states.narrow(1, 0, shape.Steps - 1)], 1).view(-1, shape.Hidden);
        var flat = products.view(-1, 3 * shape.Hidden);
        List<Tensor> gradients =
            [events, flat.t().matmul(before).MoveToOuterDisposeScope(), flat.sum(dim: 0).MoveToOuterDisposeScope()];
        foreach (var tensor in saved) tensor.Dispose();
        return gradients;
    }

    /// <param name="events">[B, T, 3 H] a, gates r, z, n side by side.</param>
    /// <param name="weight">[3 H, H] U.</param>
    /// <param name="bias">[3 H] b.</param>
    /// <returns>[B, T, H], and [B, T, 4 H] r, z, n and u_n for the backward pass.</returns>
    private static (Tensor States, Tensor Gates) Run(Tensor events, Tensor weight, Tensor bias)
    {
        var shape = new RecurrentShape((int)events.shape[0], (int)events.shape[1], (int)weight.shape[1]);
        var (states, gates) = (empty(shape.Rows, shape.Steps, shape.Hidden), empty(shape.Rows, shape.Steps, 4 * shape.Hidden));
        using var transposed = weight.detach().t().contiguous();
        Run(
            shape, TensorValues.InPlace<float>(events), TensorValues.InPlace<float>(transposed), TensorValues.InPlace<float>(bias),
            TensorValues.InPlace<float>(states), TensorValues.InPlace<float>(gates));
        return (states, gates);
    }

    private static void Run(
        RecurrentShape shape, ReadOnlySpan<float> events, ReadOnlySpan<float> transposed, ReadOnlySpan<float> bias, Span<float> states,
        Span<float> gates)
    {
        var (rows, hidden) = (shape.Rows, shape.Hidden);
        var (h, u) = (new float[rows * hidden], new float[rows * 3 * hidden]);
        for (var t = 0; t < shape.Steps; t++)
        {
            for (var row = 0; row < rows; row++) bias.CopyTo(u.AsSpan(row * 3 * hidden));
            SmallProducts<float>.Add(u, h, hidden, 1, transposed, rows, hidden, 3 * hidden);
            for (var row = 0; row < rows; row++)
            {
                var at = row * shape.Steps + t;
                var own = h.AsSpan(row * hidden, hidden);
                Step(events.Slice(at * 3 * hidden, 3 * hidden), u.AsSpan(row * 3 * hidden, 3 * hidden), own,
                    gates.Slice(at * 4 * hidden, 4 * hidden));
                own.CopyTo(states[(at * hidden)..]);
            }
        }
    }

    /// <param name="a">[3 H].</param>
    /// <param name="u">[3 H].</param>
    /// <param name="h">[H] the state, before and after.</param>
    /// <param name="gates">[4 H] r, z, n, u_n.</param>
    private static void Step(ReadOnlySpan<float> a, ReadOnlySpan<float> u, Span<float> h, Span<float> gates)
    {
        var H = h.Length;
        var both = gates[..(2 * H)];
        var n = gates.Slice(2 * H, H);
        u[(2 * H)..].CopyTo(gates[(3 * H)..]);
        TensorPrimitives.Add(a[..(2 * H)], u[..(2 * H)], both);
        TensorPrimitives.Sigmoid(both, both);
        TensorPrimitives.MultiplyAdd(both[..H], u[(2 * H)..], a[(2 * H)..], n);
        TensorPrimitives.Tanh(n, n);
        TensorPrimitives.Subtract(h, n, h);
        TensorPrimitives.MultiplyAdd(both[H..], h, n, h);                               // n + z (h − n)
    }
}
