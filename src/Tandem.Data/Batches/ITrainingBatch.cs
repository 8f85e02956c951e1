namespace Tandem.Data.Batches;

/// <summary>What a training step works on.</summary>
public interface ITrainingBatch
{
    /// <summary>Targets of the batch, 1 or more: by their number the losses of batches are weighed against each other.</summary>
    int Tokens { get; }
}
