using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>What a TTT layer carries from event to event.</summary>
/// <param name="Place">In 0 … b − 1, that of the next event within its mini-batch.</param>
/// <param name="Weights">[B, H, rows, columns] the inner model's at the start of the mini-batch.</param>
/// <param name="Written">As <paramref name="Weights"/>: Σ λ ∂ℓ/∂W since then; zero at place 0.</param>
internal sealed record TttState(int Place, Tensor[] Weights, Tensor[] Written)
{
    /// <summary>[B, 3, D] the last inputs of the convolutions of queries and keys; null where there are none.</summary>
    public Tensor? Tail { get; init; }

    /// <summary>
    /// [B] int64 unix seconds of the first event of the mini-batch that began last; null before it and where times are of no use.
    /// </summary>
    public Tensor? Began { get; init; }

    /// <summary>Hands every tensor to the scope around the innermost.</summary>
    public TttState MoveToOuterDisposeScope()
    {
        foreach (var tensor in Weights) tensor.MoveToOuterDisposeScope();
        foreach (var tensor in Written) tensor.MoveToOuterDisposeScope();
        Tail?.MoveToOuterDisposeScope();
        Began?.MoveToOuterDisposeScope();
        return this;
    }
}
