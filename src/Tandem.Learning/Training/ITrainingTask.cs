using Tandem.Data.Batches;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>What is learned: a network, its batches, its loss and its yardstick. How it is learned is <see cref="TrainingLoop"/>.</summary>
public interface ITrainingTask
{
    /// <summary>The network; its parameters and row tables are trained.</summary>
    nn.Module Network { get; }

    /// <summary>Source of the network's dropout masks.</summary>
    Noise Noise { get; }

    /// <summary>The batches of an epoch, counted from 1; the same for the same epoch. Draws what else the epoch needs.</summary>
    IReadOnlyList<SequenceBatch> BeginEpoch(int epoch);

    /// <summary>Mean loss over the batch's targets, a scalar with a gradient.</summary>
    Tensor Loss(SequenceBatch batch);

    /// <summary>The measure by which the best epoch is chosen, higher is better; null where nothing is held out.</summary>
    double? Validate();
}
