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

    /// <summary>True where <see cref="Mix"/> wants the values of the events.</summary>
    public virtual bool UsesValues => false;

    /// <summary>The backbone with what is known of the events beside them; it ignores what it does not use.</summary>
    /// <param name="x">[B, T, D] embedded items, oldest first, padding on the right.</param>
    /// <param name="features">Of the same events.</param>
    /// <returns>[B, T, D].</returns>
    public virtual Tensor Mix(Tensor x, EventFeatures features) => forward(x);

    /// <summary>
    /// Names of the linear layers with a slot (<see cref="Layers.WeightSlots"/>) that read each event by itself, after the last that mixes
    /// events: a state depends on the weights that they have at its own event alone, so that each event may have weights of its own. None
    /// by default.
    /// </summary>
    public virtual IReadOnlyList<string> PointwiseLayers => [];

    /// <summary>D.</summary>
    public abstract int Width { get; }

    /// <summary>The longest history, in items.</summary>
    public abstract int Window { get; }
}
