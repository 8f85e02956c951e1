using Tandem.Device.Backbones;
using Tandem.Device.Models;

namespace Tandem.Device.Learning;

/// <summary>
/// The mean of −log softmax of the true item among its candidates over a user's events, and its gradient by the runner's layout. A
/// backward pass by hand: nothing is recorded, every equation of the runner has its counterpart here.
/// </summary>
/// <param name="size">The largest task.</param>
internal abstract class LossGradient(LossSize size)
{
    /// <summary>The largest task.</summary>
    public LossSize Size => size;

    /// <summary>Bytes of its buffers, which are allocated when the first task begins.</summary>
    public long SizeBytes => Workspace.SizeBytes;

    private protected Workspace Workspace { get; } = new();

    /// <summary>DIN's, or that of the backbones, which all end in a vector for each event.</summary>
    /// <param name="runner">Whose equations.</param>
    /// <param name="part">The weights whose gradient is wanted.</param>
    /// <param name="size">The largest task.</param>
    /// <param name="temperature">Scores are divided by it.</param>
    public static LossGradient Of(Runner runner, LearnedPart part, LossSize size, float temperature) => runner is DinRunner din
        ? new DinLossGradient(din, part, size, temperature)
        : new ProductLossGradient(runner, part, size, temperature);

    /// <summary>Takes a task and computes what the part cannot change.</summary>
    /// <param name="weights">By the layout; between this call and those of <see cref="Evaluate"/> only the part may change.</param>
    /// <param name="events">Not copied: it must stay as it is.</param>
    public abstract void Begin(ReadOnlySpan<float> weights, NextItemEvents events);

    /// <summary>The loss, which is not finite where numbers went beyond float32.</summary>
    /// <param name="weights">By the layout.</param>
    /// <param name="gradient">By the layout; what belongs to the part is added to. Empty where only the loss is wanted.</param>
    public abstract float Evaluate(ReadOnlySpan<float> weights, Span<float> gradient);
}
