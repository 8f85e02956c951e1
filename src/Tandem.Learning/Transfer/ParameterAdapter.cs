using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>
/// Reads a matrix of one model and one of another, and writes the first anew: MergeNet's parameter adapter (Knowledge Migration across
/// Heterogeneous Models, Tasks, and Modalities, AAAI 2025, arXiv 2404.13322). It learns by the gradient of the target's loss at what it
/// wrote, and is gone once the target is trained.
/// </summary>
/// <remarks>Its own inputs count as constants: no gradient goes to the target's weights through it, and none to the source.</remarks>
public abstract class ParameterAdapter : nn.Module
{
    private protected ParameterAdapter(string name) : base(name)
    {
    }

    /// <summary>True where <see cref="MakeAll"/> gives whole matrices, false where it gives what is added.</summary>
    public abstract bool Replaces { get; }

    /// <summary>True where a training forward pass drops elements, and one outside of training does not.</summary>
    public virtual bool Drops => false;

    /// <summary>What the adapter sees of a source, without a gradient: it stays the same, so that it is worked out once.</summary>
    /// <param name="source">S [P, Q], of any size.</param>
    /// <returns>A matrix that is the caller's.</returns>
    internal virtual Tensor Encode(Tensor source) => source.detach();

    /// <summary>The new matrices, or the changes of the old, in one pass.</summary>
    /// <param name="targets">T [N, O, I], N matrices that read one source, each for itself.</param>
    /// <param name="source">S as <see cref="Encode"/> gives it.</param>
    /// <returns>[N, O, I].</returns>
    internal abstract Tensor MakeAll(Tensor targets, Tensor source);

    /// <summary>The new matrix, or the change of the old.</summary>
    /// <param name="target">T [O, I].</param>
    /// <param name="source">S [P, Q], of any size.</param>
    /// <returns>[O, I].</returns>
    public Tensor Make(Tensor target, Tensor source)
    {
        ArgumentNullException.ThrowIfNull(target);
        using var scope = NewDisposeScope();
        return MakeAll(target.unsqueeze(0), Encode(source)).squeeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>The new matrix.</summary>
    /// <inheritdoc cref="Make" path="/param"/>
    /// <returns>G [O, I].</returns>
    public Tensor Generate(Tensor target, Tensor source)
    {
        using var scope = NewDisposeScope();
        var made = Make(target, source);
        return (Replaces ? made : Layers.TensorArithmetic.Plus(target, made)).MoveToOuterDisposeScope();
    }
}
