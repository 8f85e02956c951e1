using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// The part of a sequential recommender that mixes a history: [B, T, D] embedded items, oldest first → [B, T, D] states, where
/// the state at step t has seen the steps up to t and no later one. Padding stands on the right, so a causal backbone needs no
/// padding mask: no real step ever looks at it.
/// </summary>
public abstract class Backbone(string kind) : nn.Module<Tensor, Tensor>(kind)
{
    /// <summary>The name by which bundles and checkpoints call this backbone, e.g. <c>sasrec</c>.</summary>
    public string Kind { get; } = kind;

    /// <summary>D.</summary>
    public abstract int Width { get; }

    /// <summary>The longest history, in items.</summary>
    public abstract int Window { get; }
}
