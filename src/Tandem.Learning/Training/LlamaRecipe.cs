using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Items;
using Tandem.Protocol.Safetensors;
using TorchSharp;

namespace Tandem.Learning.Training;

/// <summary>Every setting of a training of the cloud's language model over semantic ids, and the training itself.</summary>
public sealed record LlamaRecipe
{
    /// <summary>Shape and dropout. Its vocabulary may be larger than the items need.</summary>
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
    /// <returns>The model in evaluation.</returns>
    /// <exception cref="ArgumentException">The settings have faults; the message lists them all.</exception>
    /// <exception cref="CheckpointException">The checkpoint is of another run, or names its tensors otherwise.</exception>
    public (Llama Model, TrainingResult Result) Train(
        SequenceDataset dataset, SemanticIds ids, TrainingSequences sequences, RankedCases? validation,
        string? checkpoint = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default)
    {
        SettingFaults.ThrowIfAny(Validate(), nameof(LlamaRecipe));
        if (checkpoint is not null && File.Exists(checkpoint)) RefuseOtherNames(checkpoint);
        var tokens = ItemTokens.Of(ids);
        var options = Model with { Vocabulary = Model.Vocabulary ?? tokens.Vocabulary };
        if (options.Vocabulary < tokens.Vocabulary)
            throw new ArgumentException($"vocabulary {options.Vocabulary}; the items need {tokens.Vocabulary} tokens");
        var replicas = Replica.Create(Training.Replicas, noise =>
        {
            torch.manual_seed(NamedSeed.Derive(Training.Seed, "weights"));
            return new Llama(options, noise);
        });
        var task = new NextCodeTask(replicas, tokens, Window, ItemBudget, Training.Seed, sequences, validation);
        var settings = TrainingSettings.Describe(this, dataset, sequences, validation is not null, ids.Version);
        var result = new TrainingLoop<SequenceBatch>(task, Training, settings, checkpoint, progress).Run(cancel: cancel);
        var model = (Llama)replicas[0].Network;
        model.eval();
        return (model, result);
    }

    /// <summary>Names that lack the levels of Hugging Face's, "model", "self_attn" and "mlp", are told from a damaged file.</summary>
    private static void RefuseOtherNames(string checkpoint)
    {
        using var file = SafetensorsReader.Open(checkpoint);
        if (!file.Tensors.ContainsKey("embed_tokens.weight")) return;
        throw new CheckpointException(
            $"{checkpoint}: an earlier version wrote it under other names ('embed_tokens.weight'), expected 'model.embed_tokens.weight'; "
            + "delete the file to train the model anew");
    }
}
