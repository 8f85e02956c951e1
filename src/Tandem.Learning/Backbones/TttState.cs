using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>What a TTT layer carries from event to event.</summary>
/// <param name="Place">In 0 … b − 1, that of the next event within its mini-batch.</param>
/// <param name="Weights">[B, H, rows, columns] the inner model's at the start of the mini-batch.</param>
/// <param name="Written">As <paramref name="Weights"/>: Σ λ ∂ℓ/∂W since then; zero at place 0.</param>
/// <param name="Tail">[B, 3, D] the last inputs of the convolutions of queries and keys; null where there are none.</param>
internal sealed record TttState(int Place, Tensor[] Weights, Tensor[] Written, Tensor? Tail);
