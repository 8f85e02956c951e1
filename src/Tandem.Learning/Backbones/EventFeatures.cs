using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>What is known of events beside their items; nothing by default.</summary>
/// <param name="Times">[B, T] int64 unix seconds, never falling over the real steps; null where unknown.</param>
/// <param name="Values">[B, T] float32 ratings, dwell or other strengths; null where all are 1.</param>
/// <param name="Items">
/// [B, T] int64 item numbers, 0 for padding; null where nothing reads more of an item than its row of the table.
/// </param>
public readonly record struct EventFeatures(Tensor? Times, Tensor? Values = null, Tensor? Items = null)
{
    /// <summary>Times alone.</summary>
    public static implicit operator EventFeatures(Tensor? times) => new(times);
}
