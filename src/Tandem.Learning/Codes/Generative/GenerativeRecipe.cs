using System.Text.Json.Serialization;
using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using TorchSharp;

namespace Tandem.Learning.Codes.Generative;

/// <summary>
/// Every setting of a generative model, and its training over given codes: a Llama that reads a history as codes and writes those of the
/// next item one by one (TIGER, arXiv 2305.05065, without its encoder).
/// </summary>
public sealed record GenerativeRecipe
{
    /// <summary>The codes. Default residual k-means of titles, three levels of 256.</summary>
    public CodeOptions Codes { get; init; } = new() { Method = CodeMethod.Rkmeans, Levels = 3, CodebookSize = 256 };

    /// <summary>Shape and dropout. Its vocabulary may be larger than the codes need.</summary>
    public LlamaOptions Model { get; init; } = new();

    /// <summary>Longest history the model reads, in items. Default 50, as the device's.</summary>
    public int Window { get; init; } = 50;

    /// <summary>Most items of a batch, padding included; a step takes a batch for each replica. Default 256.</summary>
    public int ItemBudget { get; init; } = 256;

    /// <summary>Beams, and by whom they are validated.</summary>
    public GenerativeListOptions Lists { get; init; } = new();

    /// <summary>What the items' titles say beside their codes; null, as when off, for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TextHeadOptions? Text { get; init; } = new();

    /// <summary>Length, seed, optimiser.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Window < 1) yield return $"window {Window}; at least 1 item is needed";
        if (ItemBudget < 1) yield return $"item budget {ItemBudget}; at least 1 is needed";
        foreach (var fault in Codes.Validate().Concat(Model.Validate()).Concat(Lists.Validate()).Concat(Text?.Validate() ?? [])
            .Concat(Training.Validate()))
        {
            yield return fault;
        }
    }

    /// <summary>Trains from the start, or from the checkpoint where one is there.</summary>
    /// <param name="dataset">Gives the users.</param>
    /// <param name="codes">Of its items.</param>
    /// <param name="sequences">What may be learned from each user.</param>
    /// <param name="validation">By whom the best epoch is chosen; null to train all epochs and keep the last.</param>
    /// <param name="checkpoint">Path of the checkpoint file; null to keep none.</param>
    /// <param name="progress">Receives every step.</param>
    /// <param name="pauseAfter">Epochs after which to pause, see <see cref="TrainingLoop{TBatch}.Run"/>.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <returns>The model in evaluation.</returns>
    /// <exception cref="ArgumentException">The settings have faults; the message lists them all.</exception>
    /// <exception cref="RecipeException">The vocabulary is too small for the codes.</exception>
    /// <exception cref="CheckpointException">The checkpoint is of another run.</exception>
    public (Llama Model, TrainingResult Result) Train(
        SequenceDataset dataset, ItemCodes codes, TrainingSequences sequences, RankedCases? validation, string? checkpoint = null,
        IProgress<TrainingProgress>? progress = null, int pauseAfter = int.MaxValue, CancellationToken cancel = default)
    {
        SettingFaults.ThrowIfAny(Validate(), nameof(GenerativeRecipe));
        var tokens = codes.ToTokens();
        var replicas = Replica.Create(Training.Replicas, noise => Build(tokens, noise));
        var task = new NextCodeTask(
            replicas, tokens, Window, ItemBudget, Training.Seed, sequences, validation is null ? null : Sample(validation),
            Lists.ValidationBeams, Lists.MaskSeen);
        // What joins the scores changes no weight, so that a checkpoint serves a run with and one without.
        var settings = TrainingSettings.Describe(this with { Text = null }, dataset, sequences, validation is not null, codes.Version);
        var result = new TrainingLoop<SequenceBatch>(task, Training, settings, checkpoint, progress).Run(pauseAfter, cancel);
        var model = (Llama)replicas[0].Network;
        model.eval();
        return (model, result);
    }

    /// <summary>The untrained model, its weights drawn from the seed.</summary>
    /// <param name="tokens">Of the items.</param>
    /// <param name="noise">Source of its dropout masks; null for a model that is not trained.</param>
    /// <exception cref="RecipeException">The vocabulary is too small for them.</exception>
    public Llama Build(ItemTokens tokens, Noise? noise = null)
    {
        if (Model.Vocabulary < tokens.Vocabulary)
            throw new RecipeException($"vocabulary {Model.Vocabulary}; the codes need {tokens.Vocabulary} tokens");
        torch.manual_seed(NamedSeed.Derive(Training.Seed, "weights"));
        return new Llama(Model with { Vocabulary = Model.Vocabulary ?? tokens.Vocabulary }, noise ?? new Noise(0));
    }

    /// <summary>Those of the cases that choose epoch and calibration.</summary>
    internal RankedCases Sample(RankedCases validation) => validation.Sample(Lists.ValidationUsers ?? int.MaxValue, Training.Seed);
}
