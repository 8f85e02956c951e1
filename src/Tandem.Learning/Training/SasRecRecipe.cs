using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using TorchSharp;

namespace Tandem.Learning.Training;

/// <summary>Every setting of a SASRec training, and the training itself.</summary>
public sealed record SasRecRecipe
{
    /// <summary>Shape and dropout.</summary>
    public SasRecOptions Backbone { get; init; } = new();

    /// <summary>Batches and loss.</summary>
    public NextItemOptions Loss { get; init; } = new();

    /// <summary>Length, seed, optimiser.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate() => [.. Backbone.Validate(), .. Loss.Validate(), .. Training.Validate()];

    /// <summary>Trains from the start, or from the checkpoint where one is there.</summary>
    /// <param name="dataset">Gives catalogue and users.</param>
    /// <param name="sequence">What may be learned from each user.</param>
    /// <param name="validation">By whom the best epoch is chosen; null to train all epochs and keep the last.</param>
    /// <param name="checkpoint">Path of the checkpoint file; null to keep none.</param>
    /// <param name="progress">Hears of every step.</param>
    /// <param name="cancel">Stops between two steps.</param>
    public (SequenceModel Model, TrainingResult Result) Train(
        SequenceDataset dataset, Func<int, ReadOnlySpan<int>> sequence, RankedUsers? validation,
        string? checkpoint = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default)
    {
        var noise = new Noise(NamedSeed.Derive(Training.Seed, "dropout"));
        var model = Build(dataset.Catalog.Count, noise);
        var task = new NextItemTask(model, noise, Loss, Training.Seed, dataset.Users, sequence, validation);
        var settings = TrainingSettings.Describe(this, dataset, sequence, validation is not null);
        var result = new TrainingLoop(task, Training, settings, checkpoint, progress).Run(cancel);
        return (model, result);
    }

    /// <summary>The untrained model, its weights drawn from the seed.</summary>
    public SequenceModel Build(int items, Noise noise)
    {
        torch.manual_seed(NamedSeed.Derive(Training.Seed, "weights"));
        return new SequenceModel(items, new SasRec(Backbone, noise));
    }
}
