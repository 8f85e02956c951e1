using System.Text.Json.Serialization;
using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using TorchSharp;

namespace Tandem.Learning.Training;

/// <summary>Every setting of a training of <see cref="Din"/>, and the training itself.</summary>
public sealed record DinRecipe
{
    /// <summary>Shape and dropout.</summary>
    public DinOptions Model { get; init; } = new();

    /// <summary>Batches and loss.</summary>
    public TargetAwareOptions Loss { get; init; } = new();

    /// <summary>Weights that are generated for each user; null, as when there is no source, for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ParameterOptions? Parameters { get; init; } = new();

    /// <summary>Length, seed, optimiser.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate() =>
        [.. Model.Validate(), .. Loss.Validate(), .. Parameters?.Validate() ?? [], .. Training.Validate()];

    /// <inheritdoc cref="SequenceRecipe.Train"/>
    public (Din Model, TrainingResult Result) Train(
        SequenceDataset dataset, TrainingSequences sequences, RankedCases? validation, string? checkpoint = null,
        IProgress<TrainingProgress>? progress = null, int pauseAfter = int.MaxValue, ItemTerms? terms = null,
        CancellationToken cancel = default)
    {
        SettingFaults.ThrowIfAny(Validate(), nameof(DinRecipe));
        var replicas = Replica.Create(Training.Replicas, noise => Build(dataset.Catalog.Count, noise, terms));
        var task = new TargetAwareTask(replicas, Loss, Training.Seed, sequences, validation);
        // What is as it was before there was a choice is not named: checkpoints of that time are resumed.
        var described = this with
        {
            Loss = Loss with { Kind = Loss.Kind == NextItemLoss.SampledSoftmax ? null : Loss.Kind },
            Parameters = Parameters is { Source: not ParameterSourceKind.None } ? Parameters : null,
        };
        var settings = TrainingSettings.Describe(
            described, dataset, sequences, validation is not null, terms is null ? null : $"terms {terms.Version}");
        ITrainingPart[] parts = [.. CodebookLearning.Of(replicas.Select(r => ((Din)r.Network).Parameters), Training.Seed)];
        var result = new TrainingLoop<SequenceBatch>(task, Training, settings, checkpoint, progress, parts).Run(pauseAfter, cancel);
        return ((Din)replicas[0].Network, result);
    }

    /// <inheritdoc cref="SequenceRecipe.Build"/>
    public Din Build(int items, Noise? noise = null, ItemTerms? terms = null)
    {
        torch.manual_seed(NamedSeed.Derive(Training.Seed, "weights"));
        return new Din(items, Model, noise ?? new Noise(0), Parameters, terms);
    }
}
