using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Training;

/// <summary>
/// What lives beside a training loop: it acts after every step, or around its parts, and its state goes into the checkpoint, so that a run
/// that was cut off continues exactly. Steps are counted from 1 over all epochs.
/// </summary>
public interface ITrainingPart
{
    /// <summary>
    /// Weights by parameter name, row-major, that are validated and kept in place of the network's own, such as their running mean; null,
    /// the default, for the network's own. Of several parts the first that has some decides.
    /// </summary>
    IReadOnlyDictionary<string, float[]>? Judged => null;

    /// <summary>Called before the first step of an epoch. By default nothing, as of what follows.</summary>
    /// <param name="epoch">Counted from 1.</param>
    void BeginEpoch(int epoch)
    {
    }

    /// <summary>Called before the loss of a step is taken; it may change weights.</summary>
    /// <param name="number">Of the step.</param>
    void BeforeStep(long number)
    {
    }

    /// <summary>Called when the gradients of all replicas are there and the optimiser has not yet read them.</summary>
    /// <param name="number">Of the step.</param>
    void BeforeUpdate(long number)
    {
    }

    /// <summary>Called after the optimiser's step, before <see cref="AfterStep"/> of any part; it may change weights.</summary>
    /// <param name="number">Of the step.</param>
    void AfterUpdate(long number)
    {
    }

    /// <summary>Called after the optimiser's step; it may change weights.</summary>
    /// <param name="number">Of the step.</param>
    void AfterStep(long number);

    /// <summary>Writes the state, under names of its own that begin with the part's.</summary>
    void Save(SafetensorsWriter writer);

    /// <summary>Restores what <see cref="Save"/> wrote, to the bit.</summary>
    /// <exception cref="SafetensorsException">A tensor is missing or has another size.</exception>
    void Load(SafetensorsReader file);
}
