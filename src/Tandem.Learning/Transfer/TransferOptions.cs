namespace Tandem.Learning.Transfer;

/// <summary>Weights of another model that a training takes knowledge from, through a learned adapter.</summary>
public sealed record TransferOptions
{
    /// <summary>What <see cref="From"/> is for a model that is trained at the same time.</summary>
    public const string Beside = "beside";

    /// <summary>
    /// Folder of a finished run, or path of a safetensors file, or <see cref="Beside"/> for a model that is trained at the same time; null,
    /// the default, for none.
    /// </summary>
    public string? From { get; init; }

    /// <summary>What writes the weights. Default <see cref="AdapterKind.Residual"/>: it cannot harm at the start.</summary>
    public AdapterKind Adapter { get; init; }

    /// <summary>What stands in the source's place. Default <see cref="TransferControl.Real"/>.</summary>
    public TransferControl Control { get; init; }

    /// <summary>
    /// Target matrices and the source matrices of each. Null, the default, pairs every matrix of the target's layers with all matrices of
    /// the source's layers that have one width, and for row-aligned adapters the item tables (<see cref="TransferPairs"/>).
    /// </summary>
    public IReadOnlyList<ParameterPair>? Pairs { get; init; }

    /// <summary>When.</summary>
    public TransferSchedule Schedule { get; init; } = new();

    /// <summary>R of the low-rank mode, in which adapters see factors alone (<see cref="LowRankAdapter"/>); null, the default, for whole
    /// matrices, as the published program has it.</summary>
    public int? Rank { get; init; }

    /// <summary>
    /// Rows that stand for each source matrix: of A in S = B A (<see cref="LowRankFactors"/>), its leading directions, so that a large
    /// model's layers can be read. Null, the default, for all rows as they are.
    /// </summary>
    public int? SourceRank { get; init; }

    /// <summary>Layers of MergeNet's adapter. Default 2, as published.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>
    /// h, attention heads of an adapter. Null, the default, for 8 of MergeNet's, as published, and 2 of the residual adapter's: heads of 16
    /// numbers take half the time of heads of 8.
    /// </summary>
    public int? Heads { get; init; }

    /// <summary>MergeNet's attentions. Default all four.</summary>
    public AttentionPaths Paths { get; init; } = AttentionPaths.All;

    /// <summary>How they become one. Default <see cref="AdapterMix.Mean"/>, as in the published program.</summary>
    public AdapterMix Mix { get; init; }

    /// <summary>Share of MergeNet's attention weights that are dropped in training, in [0, 1). Default 0.1, as published.</summary>
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Share of its feed-forward's output that is dropped in training, in [0, 1). Default 0.2, as published.</summary>
    public double OutputDropout { get; init; } = 0.2;

    /// <summary>C, the inner width of the residual adapter, a multiple of the heads. Default 32; not tuned.</summary>
    public int Width { get; init; } = 32;

    /// <summary>
    /// α at the start, the size of a change beside the target's own weights; learned from there. Default 0.1; 0 switches the change off.
    /// </summary>
    public double Alpha { get; init; } = 0.1;

    /// <summary>Learning rate α of the adapter's AdamW, above 0. Default 1e-3, of the published grid of 1e-4 to 1e-1.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>λ of its decay, at least 0. Default 5e-4, as published, there not of biases and norms.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>Longest gradient of the adapter. Default 50, as published; 0 for no limit.</summary>
    public double ClipNorm { get; init; } = 50;

    /// <summary>h of the adapter that is asked for.</summary>
    internal int HeadCount => Heads ?? (Adapter == AdapterKind.MergeNet ? 8 : 2);

    /// <summary>True where something is transferred.</summary>
    internal bool IsOn => From is not null && Control != TransferControl.None;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Enum.IsDefined(Adapter)) yield return $"transfer: adapter {Adapter} is not known";
        if (!Enum.IsDefined(Control)) yield return $"transfer: control {Control} is not known";
        if (!Enum.IsDefined(Mix)) yield return $"transfer: mix {Mix} is not known";
        if (Paths == 0 || (Paths & ~AttentionPaths.All) != 0)
            yield return $"transfer: attention paths {Paths}; expected one of the four at least";
        if (Pairs is { Count: 0 }) yield return "transfer: no pairs; name one at least, or none for those that fit";
        if (Rank < 1) yield return $"transfer: rank {Rank}; expected 1 or more";
        if (Rank is not null && Adapter == AdapterKind.RowAligned)
            yield return "transfer: a row-aligned adapter reads rows as they are; leave transfer.rank out";
        if (SourceRank < 1) yield return $"transfer: source rank {SourceRank}; expected 1 or more";
        if (SourceRank is not null && Adapter == AdapterKind.RowAligned)
            yield return "transfer: a row-aligned adapter reads rows as they are; leave transfer.sourceRank out";
        if (Layers is < 1 or > 16) yield return $"transfer: {Layers} layers; expected 1 to 16";
        if (HeadCount is < 1 or > 64) yield return $"transfer: {Heads} heads; expected 1 to 64";
        if (AttentionDropout is not (>= 0 and < 1)) yield return $"transfer: attention dropout {AttentionDropout} is not in [0, 1)";
        if (OutputDropout is not (>= 0 and < 1)) yield return $"transfer: output dropout {OutputDropout} is not in [0, 1)";
        if (Width < 1 || (HeadCount > 0 && Width % HeadCount != 0))
            yield return $"transfer: width {Width} is no multiple of {HeadCount} heads; set transfer.heads to a divisor";
        if (Alpha is not (>= 0 and < double.PositiveInfinity)) yield return $"transfer: alpha {Alpha} is no finite number of at least 0";
        if (LearningRate is not (> 0 and < double.PositiveInfinity))
            yield return $"transfer: learning rate {LearningRate} is no finite number above 0";
        if (WeightDecay is not (>= 0 and < double.PositiveInfinity) || LearningRate * WeightDecay >= 1)
            yield return $"transfer: weight decay {WeightDecay} is no number of at least 0 and below 1 / {LearningRate}";
        if (ClipNorm is not (>= 0 and < double.PositiveInfinity)) yield return $"transfer: clip norm {ClipNorm} is no number of at least 0";
        foreach (var fault in Schedule.Validate()) yield return $"transfer: {fault}";
    }
}
