using Tandem.Data.Batches;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// What is learned: a network, its batches, its loss and its yardstick. How it is learned is <see cref="TrainingLoop{TBatch}"/>.
/// </summary>
/// <typeparam name="TBatch">What a step works on: sequences, texts, pairs.</typeparam>
public interface ITrainingTask<TBatch>
    where TBatch : ITrainingBatch
{
    /// <summary>The networks that work on a step side by side, one at least; the first is what is trained, validated and kept.</summary>
    IReadOnlyList<Replica> Replicas { get; }

    /// <summary>The batches of an epoch, counted from 1; the same for the same epoch. Draws what else the epoch needs.</summary>
    IReadOnlyList<TBatch> BeginEpoch(int epoch);

    /// <summary>Mean loss over the batch's targets, a scalar with a gradient. Called by one thread per replica.</summary>
    /// <param name="batch">One of the epoch's, each given once, in order for each replica.</param>
    /// <param name="replica">Which network works on it.</param>
    Tensor Loss(TBatch batch, int replica);

    /// <summary>The measure by which the best epoch is chosen, higher is better; null where nothing is held out.</summary>
    double? Validate();
}
