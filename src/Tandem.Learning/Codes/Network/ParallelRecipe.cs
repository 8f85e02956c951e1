using System.Text.Json.Serialization;
using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using TorchSharp;

namespace Tandem.Learning.Codes.Network;

/// <summary>Every setting of a parallel semantic-id model, and its training over given codes.</summary>
public sealed record ParallelRecipe
{
    /// <summary>The codes.</summary>
    public CodeOptions Codes { get; init; } = new();

    /// <summary>What mixes the history. Default two blocks of self-attention, 256 wide, half of the activations dropped.</summary>
    public BackboneOptions Backbone { get; init; } = new SasRecOptions
    {
        Width = 256,
        Blocks = 2,
        Heads = 4,
        Dropout = 0.5,
        FeedForwardMultiple = 2,
        Activation = FeedForwardActivation.Gelu,
    };

    /// <summary>Batches and loss.</summary>
    public CodeLossOptions Loss { get; init; } = new();

    /// <summary>What the items' titles say beside their codes; null, as when off, for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TextHeadOptions? Text { get; init; } = new();

    /// <summary>Length, seed, optimiser.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (var fault in Codes.Validate()) yield return fault;
        if (Codes.File is null && Codes.CodebookSize > CodeSums.TableSize)
            yield return $"codes: {Codes.CodebookSize} codes a level; this model looks up at most {CodeSums.TableSize}";
        foreach (var fault in Backbone.Validate().Concat(Loss.Validate()).Concat(Text?.Validate() ?? []).Concat(Training.Validate()))
            yield return fault;
    }

    /// <summary>Trains from the start, or from the checkpoint where one is there.</summary>
    /// <param name="dataset">Gives catalogue and users.</param>
    /// <param name="codes">Of its items.</param>
    /// <param name="sequences">What may be learned from each user.</param>
    /// <param name="validation">By what the best epoch is chosen; null to train all epochs and keep the last.</param>
    /// <param name="checkpoint">Path of the checkpoint file; null to keep none.</param>
    /// <param name="progress">Receives every step.</param>
    /// <param name="pauseAfter">Epochs after which to pause, see <see cref="TrainingLoop{TBatch}.Run"/>.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The settings have faults; the message lists them all.</exception>
    /// <exception cref="RecipeException">The codes are too many.</exception>
    /// <exception cref="CheckpointException">The checkpoint is of another run.</exception>
    public (ParallelModel Model, TrainingResult Result) Train(
        SequenceDataset dataset, ItemCodes codes, TrainingSequences sequences, RankedCases? validation, string? checkpoint = null,
        IProgress<TrainingProgress>? progress = null, int pauseAfter = int.MaxValue, CancellationToken cancel = default)
    {
        SettingFaults.ThrowIfAny(Validate(), nameof(ParallelRecipe));
        if (codes.CodebookSize > CodeSums.TableSize)
            throw new RecipeException($"{codes.CodebookSize} codes a level; this model looks up at most {CodeSums.TableSize}");
        var replicas = Replica.Create(Training.Replicas, noise => Build(codes, noise));
        ((ParallelModel)replicas[0].Network).Count(sequences.CountByItem());
        var task = new ParallelTask(replicas, Loss, Training.Seed, sequences, validation);
        // What joins the scores changes no weight, so that a checkpoint serves a run with and one without.
        var settings = TrainingSettings.Describe(this with { Text = null }, dataset, sequences, validation is not null, codes.Version);
        var result = new TrainingLoop<SequenceBatch>(task, Training, settings, checkpoint, progress).Run(pauseAfter, cancel);
        return ((ParallelModel)replicas[0].Network, result);
    }

    /// <summary>The untrained model, its weights drawn from the seed.</summary>
    /// <param name="codes">Of the items.</param>
    /// <param name="noise">Source of its dropout masks; null for a model that is not trained.</param>
    public ParallelModel Build(ItemCodes codes, Noise? noise = null)
    {
        torch.manual_seed(NamedSeed.Derive(Training.Seed, "weights"));
        return new ParallelModel(codes, Backbone.Build(noise ?? new Noise(0)), Loss.Temperature);
    }
}
