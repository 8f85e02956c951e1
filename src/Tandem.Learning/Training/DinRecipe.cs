using System.Text.Json.Serialization;
using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Text;
using Tandem.Learning.Transfer;
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

    /// <summary>
    /// What the items' titles say: what the item table starts from, and nothing else, for nothing joins DIN's scores; null, as when off,
    /// for nothing.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TextOptions? Text { get; init; } = new();

    /// <summary>Another model's weights to take knowledge from; null, as when they name no source, for none.</summary>
    /// <remarks>
    /// All matrices take part, those of the attention unit, too: an adapter learns by the gradient at the weights, whatever multiplies
    /// them.
    /// </remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TransferOptions? Transfer { get; init; } = new();

    /// <summary>Length, seed, optimiser.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate() =>
        [.. Model.Validate(), .. Loss.Validate(), .. Parameters?.Validate() ?? [], .. Text?.Validate() ?? [],
            .. Transfer?.Validate() ?? [], .. FaultsTogether(), .. Training.Validate()];

    /// <inheritdoc cref="SequenceRecipe.Train"/>
    public (Din Model, TrainingResult Result) Train(
        SequenceDataset dataset, TrainingSequences sequences, RankedCases? validation, string? checkpoint = null,
        IProgress<TrainingProgress>? progress = null, int pauseAfter = int.MaxValue, ItemVectors? start = null, ItemTerms? terms = null,
        TransferSource? source = null, CancellationToken cancel = default)
    {
        SettingFaults.ThrowIfAny(Validate(), nameof(DinRecipe));
        var replicas = Replica.Create(Training.Replicas, noise => Build(dataset.Catalog.Count, noise, start, terms));
        var task = new TargetAwareTask(replicas, Loss, Training.Seed, sequences, validation);
        var asked = new AskedTransfer(Transfer, source);
        // What is as it was before there was a choice is not named: checkpoints of that time are resumed.
        var described = this with
        {
            Loss = Loss with { Kind = Loss.Kind == NextItemLoss.SampledSoftmax ? null : Loss.Kind },
            Parameters = Parameters is { Source: not ParameterSourceKind.None } ? Parameters : null,
            Text = null,
            Transfer = asked.Described,
        };
        string?[] read = [start?.Hash, terms is null ? null : $"terms {terms.Version}"];
        var settings = TrainingSettings.Describe(
            described, dataset, sequences, validation is not null,
            start is null && terms is null ? null : string.Join(' ', read.OfType<string>())) + asked.Read;
        List<ITrainingPart> parts = [.. CodebookLearning.Of(replicas.Select(r => ((Din)r.Network).Parameters), Training.Seed)];
        using var transfer = asked.Part(replicas, Training.Seed);
        if (transfer is not null) parts.Add(transfer);
        var result = new TrainingLoop<SequenceBatch>(task, Training, settings, checkpoint, progress, parts).Run(pauseAfter, cancel);
        return ((Din)replicas[0].Network, result);
    }

    /// <inheritdoc cref="SequenceRecipe.Build"/>
    public Din Build(int items, Noise? noise = null, ItemVectors? start = null, ItemTerms? terms = null)
    {
        torch.manual_seed(NamedSeed.Derive(Training.Seed, "weights"));
        var model = new Din(items, Model, noise ?? new Noise(0), Parameters, terms);
        if (start is not null) model.StartFrom(start);
        return model;
    }

    private IEnumerable<string> FaultsTogether()
    {
        if (Text is { Enabled: true } and not { Start: true, Score: false, Categories: false })
        {
            yield return "text: titles are what DIN's item table starts from, and nothing joins its scores; set text.start=true, "
                + "text.score=false and text.categories=false";
        }

        if (Transfer is { IsOn: true, From: TransferOptions.Beside })
        {
            yield return "transfer.from=beside: no model is trained beside DIN, whose batches and loss are its own; give a finished run, a "
                + "pretrained network, a folder or a file";
        }
    }
}
