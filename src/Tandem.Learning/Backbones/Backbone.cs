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

    /// <summary>True where <see cref="Mix"/> wants the times of the events.</summary>
    public virtual bool UsesTimes => false;

    /// <summary>The backbone with the times of the events beside them; those that do not use times ignore them.</summary>
    /// <param name="x">[B, T, D] embedded items, oldest first, padding on the right.</param>
    /// <param name="times">[B, T] int64 unix seconds, never falling over the real steps; null where nobody knows them.</param>
    /// <returns>[B, T, D].</returns>
    public virtual Tensor Mix(Tensor x, Tensor? times) => forward(x);

    /// <summary>D.</summary>
    public abstract int Width { get; }

    /// <summary>The longest history, in items.</summary>
    public abstract int Window { get; }
}
