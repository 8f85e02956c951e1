using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>What is known of events beside their items; nothing by default.</summary>
/// <param name="Times">[B, T] int64 unix seconds, never falling over the real steps; null where nobody knows them.</param>
/// <param name="Values">[B, T] float32 ratings, dwell or other strengths; null where all are 1.</param>
public readonly record struct EventFeatures(Tensor? Times, Tensor? Values = null)
{
    /// <summary>Times alone.</summary>
    public static implicit operator EventFeatures(Tensor? times) => new(times);

    /// <summary>Those of one step, [B] each.</summary>
    /// <param name="step">In 0 … T − 1.</param>
    internal EventFeatures At(long step) => new(Times?.select(1, step), Values?.select(1, step));

    /// <summary>Those of neighbouring steps.</summary>
    internal EventFeatures Slice(long first, long count) => new(Times?.narrow(1, first, count), Values?.narrow(1, first, count));
}
