using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>A linear layer whose change is generated: how many numbers that takes, and how they enter.</summary>
/// <param name="slot">Its name, see <see cref="WeightSlots"/>.</param>
internal abstract class ChangedLayer(string slot) : nn.Module(nameof(ChangedLayer))
{
    /// <summary>Name of the layer.</summary>
    public string Slot { get; } = slot;

    /// <summary>Numbers that are generated.</summary>
    public abstract long Size { get; }

    /// <summary>The change.</summary>
    /// <param name="numbers">[N, <see cref="Size"/>].</param>
    public abstract WeightDelta Delta(Tensor numbers);
}
