using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Learning.Language;
using TorchSharp;

namespace Tandem.Learning.Training;

/// <summary>Every setting of a training of the cloud's language model over semantic ids, and the training itself.</summary>
public sealed record LlamaRecipe
{
    /// <summary>Shape and dropout.</summary>
    public LlamaOptions Model { get; init; } = new();

    /// <summary>Longest history the model reads, in items. Default 50, as the device's.</summary>
    public int Window { get; init; } = 50;

    /// <summary>Most items of a batch, padding included; a step takes a batch for each replica. Default 256, 1,024 tokens at four levels.</summary>
    public int ItemBudget { get; init; } = 256;

    /// <summary>Length, seed, optimiser.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Window < 1) yield return $"window {Window}; at least 1 item is needed";
        if (ItemBudget < 1) yield return $"item budget {ItemBudget}; at least 1 is needed";
        foreach (var fault in Model.Validate().Concat(Training.Validate())) yield return fault;
    }

    /// <summary>Trains from the start, or from the checkpoint where one is there.</summary>
    /// <param name="dataset">Gives the users.</param>
    /// <param name="ids">Of the data set's items.</param>
    /// <param name="sequences">What may be learned from each user.</param>
    /// <param name="validation">By whom the best epoch is chosen; null to train all epochs and keep the last.</param>
    /// <param name="checkpoint">Path of the checkpoint file; null to keep none.</param>
    /// <param name="progress">Receives every step.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The settings have faults; the message lists them all.</exception>
    public (Llama Model, TrainingResult Result) Train(
        SequenceDataset dataset, SemanticIds ids, TrainingSequences sequences, RankedCases? validation,
        string? checkpoint = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default)
    {
        SettingFaults.ThrowIfAny(Validate(), nameof(LlamaRecipe));
        var replicas = Replica.Create(Training.Replicas, noise =>
        {
            torch.manual_seed(NamedSeed.Derive(Training.Seed, "weights"));
            return new Llama(ids, Model, noise);
        });
        var task = new NextCodeTask(replicas, ids, Window, ItemBudget, Training.Seed, sequences, validation);
        var settings = TrainingSettings.Describe(this, dataset, sequences, validation is not null, ids.Version);
        var result = new TrainingLoop<SequenceBatch>(task, Training, settings, checkpoint, progress).Run(cancel: cancel);
        return ((Llama)replicas[0].Network, result);
    }
}
