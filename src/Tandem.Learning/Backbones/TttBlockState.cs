using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>What a block carries from event to event.</summary>
/// <param name="Tail">[B, 3, D] the last inputs of the convolution before the TTT layer; null where there is none.</param>
/// <param name="Ttt">That of the TTT layer.</param>
internal sealed record TttBlockState(Tensor? Tail, TttState Ttt)
{
    /// <summary>Hands every tensor to the scope around the innermost.</summary>
    public TttBlockState MoveToOuterDisposeScope()
    {
        Tail?.MoveToOuterDisposeScope();
        Ttt.MoveToOuterDisposeScope();
        return this;
    }
}
