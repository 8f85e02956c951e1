using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>
/// A part of a network that keeps its inputs alone for the backward pass and computes what lies between anew (Training Deep Nets with
/// Sublinear Memory Cost, arXiv 1604.06174): a network of N blocks then keeps N inputs and the inside of one block.
/// </summary>
internal sealed class Recomputed : autograd.SingleTensorFunction<Recomputed>
{
    private const string PartKey = "part", StateKey = "state";

    /// <inheritdoc/>
    public override string Name => nameof(Recomputed);

    /// <summary>What the part answers; with a gradient, where one is recorded.</summary>
    /// <param name="part">Reads nothing but its inputs and its weights.</param>
    /// <param name="noise">From which it draws its dropout masks: they are drawn again.</param>
    /// <param name="inputs">Tensors, of any of which the gradient may be wanted; null for one that is left out.</param>
    public static Tensor Of(Func<Tensor?[], Tensor> part, Noise noise, params Tensor?[] inputs)
    {
        if (!is_grad_enabled()) return part(inputs);
        // A part whose inputs need no gradient may have weights that do: this one makes autograd ask for it.
        using var anchor = zeros(1, requires_grad: true);
        return apply([new Part(part, noise, [.. inputs.Select(input => input is not null)]), anchor, .. inputs.Where(i => i is not null)!]);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var part = (Part)vars[0];
        Tensor[] given = [.. vars[2..].Cast<Tensor>()];
        ctx.save_data(PartKey, part);
        ctx.save_data(StateKey, part.Noise.State);
        ctx.save_for_backward([.. given]);
        using var mode = no_grad();
        return part.Compute(part.Placed(given));
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var part = (Part)ctx.get_data(PartKey);
        var saved = ctx.get_saved_variables();
        using var scope = NewDisposeScope();
        using var mode = enable_grad();
        Tensor[] given = [.. saved.Select(input => input.detach().requires_grad_(input.requires_grad))];
        var after = part.Noise.State;
        part.Noise.State = (Noise.Position)ctx.get_data(StateKey);
        autograd.backward([part.Compute(part.Placed(given))], [grad_output]);
        part.Noise.State = after;
        var gradients = new List<Tensor> { null!, null! }; // of the part and of the anchor
        foreach (var input in given) gradients.Add(input.requires_grad ? input.grad?.MoveToOuterDisposeScope()! : null!);
        foreach (var tensor in saved) tensor.Dispose();
        return gradients;
    }

    private sealed record Part(Func<Tensor?[], Tensor> Compute, Noise Noise, bool[] Given)
    {
        /// <summary>The tensors at their places, null where none was given.</summary>
        public Tensor?[] Placed(Tensor[] tensors)
        {
            var next = 0;
            return Array.ConvertAll(Given, isGiven => isGiven ? tensors[next++] : null);
        }
    }
}
