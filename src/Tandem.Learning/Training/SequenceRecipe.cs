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

/// <summary>Every setting of a sequence model's training, and the training itself.</summary>
public sealed record SequenceRecipe
{
    /// <summary>Which backbone, its shape and dropout.</summary>
    public BackboneOptions Backbone { get; init; } = new SasRecOptions();

    /// <summary>True for cosines as scores, see <see cref="SequenceModel"/>; set a temperature with it. Default false.</summary>
    public bool Normalized { get; init; }

    /// <summary>Batches and loss.</summary>
    public NextItemOptions Loss { get; init; } = new();

    /// <summary>Counts of what followed an item, joined to the model's scores once it is trained; null, as when off, for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SuccessorOptions? Successors { get; init; } = new();

    /// <summary>What the items' text says; null, as when off, for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TextOptions? Text { get; init; } = new();

    /// <summary>A cloud's lists to learn from; null, as when it names no cloud, for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ListOptions? Lists { get; init; } = new();

    /// <summary>Trained weights to start from; null, as when it names no run, for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PretrainedOptions? Pretrained { get; init; } = new();

    /// <summary>Weights that are generated for each user; null, as when there is no source, for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ParameterOptions? Parameters { get; init; } = new();

    /// <summary>Another model's weights to take knowledge from; null, as when they name no source, for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TransferOptions? Transfer { get; init; } = new();

    /// <summary>Another model that is trained at the same time, for the transfer; null, as when it has no backbone, for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BesideOptions? Beside { get; init; } = new();

    /// <summary>A finished model to learn from beside the data; null, as when it names none, for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DistillationOptions? Distillation { get; init; } = new();

    /// <summary>Length, seed, optimiser.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate() =>
        [.. Backbone.Validate(), .. Loss.Validate(), .. Successors?.Validate() ?? [], .. Text?.Validate() ?? [],
            .. Lists?.Validate() ?? [], .. Pretrained?.Validate() ?? [], .. Parameters?.Validate() ?? [],
            .. Transfer?.Validate() ?? [], .. Beside?.Validate() ?? [], .. Distillation?.Validate() ?? [], .. FaultsTogether(),
            .. Training.Validate()];

    /// <summary>Trains from the start, or from the checkpoint where one is there.</summary>
    /// <param name="dataset">Gives catalogue and users.</param>
    /// <param name="sequences">What may be learned from each user.</param>
    /// <param name="validation">By what the best epoch is chosen; null to train all epochs and keep the last.</param>
    /// <param name="checkpoint">Path of the checkpoint file; null to keep none.</param>
    /// <param name="progress">Receives every step.</param>
    /// <param name="pauseAfter">Epochs after which to pause, see <see cref="TrainingLoop{TBatch}.Run"/>.</param>
    /// <param name="start">What the item table starts from; null, the default, for random numbers.</param>
    /// <param name="lists">What <see cref="Lists"/> asks for; null, the default, to train without.</param>
    /// <param name="pretrained">What <see cref="Pretrained"/> asks for; null, the default, for weights drawn by the seed.</param>
    /// <param name="terms">What items are like, where <see cref="Parameters"/> reads it; null, the default, for nothing.</param>
    /// <param name="source">What <see cref="Transfer"/> takes from; null, the default, to train alone.</param>
    /// <param name="teacher">What <see cref="Distillation"/> asks for, of the same sequences; null, the default, for nothing.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The settings have faults; the message lists them all.</exception>
    /// <exception cref="RecipeException">The backbone wants the values of events and the data set has none.</exception>
    public (SequenceModel Model, TrainingResult Result) Train(
        SequenceDataset dataset, TrainingSequences sequences, RankedCases? validation, string? checkpoint = null,
        IProgress<TrainingProgress>? progress = null, int pauseAfter = int.MaxValue, ItemVectors? start = null, ListCases? lists = null,
        PretrainedWeights? pretrained = null, ItemTerms? terms = null, TransferSource? source = null,
        TeacherKnowledge? teacher = null, CancellationToken cancel = default)
    {
        SettingFaults.ThrowIfAny(Validate(), nameof(SequenceRecipe));
        var replicas = Replica.Create(Training.Replicas, noise => Build(dataset.Catalog.Count, noise, start, terms));
        if (((SequenceModel)replicas[0].Network).Backbone.UsesValues && !dataset.HasValues)
        {
            throw new RecipeException($"the backbone wants values of events, but all of '{dataset.Name}' are 1; set backbone.eventValues "
                + "to false or give data with ratings");
        }

        if (pretrained is not null) Checkpoint.Restore(replicas[0].Network, pretrained.Values);
        using var beside = IsBeside
            ? new ModelBeside(this, [.. replicas.Select(r => r.Network)], dataset.Catalog.Count, sequences)
            : null;
        source ??= beside?.Source;
        var task = new NextItemTask(replicas, Loss, Training.Seed, sequences, validation, teacher);
        ITrainingTask<SequenceBatch> all = lists is { Count: > 0 }
            ? new ListwiseTask(task, lists, Lists ?? new(), Training.Seed)
            : task;
        List<ITrainingPart> parts = pretrained is not null && Pretrained is { Anchor: > 0 } near
            ? [new WeightAnchor(replicas[0].Network, pretrained.Values, near.Anchor)]
            : [];
        parts.AddRange(CodebookLearning.Of(replicas.Select(r => ((SequenceModel)r.Network).Parameters), Training.Seed));
        using var transfer = new AskedTransfer(Transfer, source).Part(replicas, Training.Seed);
        if (transfer is not null) parts.Add(transfer);
        if (beside is not null) parts.Add(beside.Training);
        var settings = TrainingSettings.Describe(
            Learned(lists, source, teacher), dataset, sequences, validation is not null,
            terms is null ? start?.Hash : $"{start?.Hash} terms {terms.Version}") + Read(lists, pretrained, source, teacher);
        var result = new TrainingLoop<SequenceBatch>(all, Training, settings, checkpoint, progress, parts).Run(pauseAfter, cancel);
        return ((SequenceModel)replicas[0].Network, result);
    }

    /// <summary>
    /// The settings that change a weight: what joins the scores does not, so that a checkpoint serves a run with and one without.
    /// </summary>
    private SequenceRecipe Learned(ListCases? lists, TransferSource? source, TeacherKnowledge? teacher) => this with
    {
        Successors = null,
        Text = null,
        Lists = lists is null ? null : Lists,
        Pretrained = null,
        Parameters = Parameters is { Source: not ParameterSourceKind.None } ? Parameters : null,
        Transfer = new AskedTransfer(Transfer, source).Described,
        Beside = IsBeside ? Beside : null,
        // As a source, a teacher is known by its numbers, not by where it lies.
        Distillation = teacher is { Options.EffectiveWeight: > 0 } ? teacher.Options with { From = null } : null,
    };

    /// <summary>Names the numbers of other models that the training reads, a line each.</summary>
    private string Read(ListCases? lists, PretrainedWeights? pretrained, TransferSource? source, TeacherKnowledge? teacher)
    {
        var read = "";
        if (lists is not null) read += $"\nlists {lists.Hash()}";
        if (pretrained is not null)
            read += FormattableString.Invariant($"\npretrained {pretrained.Hash}, anchor {Pretrained?.Anchor ?? 0}");
        read += new AskedTransfer(Transfer, source).Read;
        if (teacher is { Options.EffectiveWeight: > 0 }) read += $"\nteacher {teacher.Hash}";
        return read;
    }

    /// <summary>True where another model is trained at the same time.</summary>
    internal bool IsBeside => Transfer is { IsOn: true, From: TransferOptions.Beside } && Beside is { Backbone: not null };

    private IEnumerable<string> FaultsTogether()
    {
        if ((Transfer is { IsOn: true, From: TransferOptions.Beside }) != (Beside is { Backbone: not null }))
            yield return "transfer.from=beside and a model beside belong together; set beside.backbone.kind, such as gru4rec, with it";
        if (Beside is { Back: true } && Transfer?.Pairs is not null)
            yield return "beside: back takes the pairs that fit; leave transfer.pairs out";
        if (Transfer is { IsOn: true } && Pretrained is { Anchor: > 0 })
            yield return "transfer and pretrained.anchor pull at the same weights; leave one of them out";
        if (Distillation is { IsOn: true } && !Loss.HasSharedNegatives)
            yield return "distillation.from needs negatives that a step's targets share; set loss.kind to sampledSoftmax, or leave it out";
    }

    /// <summary>The untrained model, its weights drawn from the seed.</summary>
    /// <param name="items">V.</param>
    /// <param name="noise">Source of its dropout masks; null for a model that is not trained.</param>
    /// <param name="start">What the item table starts from; null, the default, for random numbers.</param>
    /// <param name="terms">What items are like, where <see cref="Parameters"/> reads it; null, the default, for nothing.</param>
    public SequenceModel Build(int items, Noise? noise = null, ItemVectors? start = null, ItemTerms? terms = null)
    {
        torch.manual_seed(NamedSeed.Derive(Training.Seed, "weights"));
        noise ??= new Noise(0);
        var model = new SequenceModel(items, Backbone.Build(noise), Normalized, Parameters, terms, noise);
        if (start is not null) model.StartFrom(start);
        return model;
    }
}
