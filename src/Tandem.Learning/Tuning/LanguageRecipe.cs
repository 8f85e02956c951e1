using System.Text.Json.Serialization;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Generative;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tuning;

/// <summary>Every setting of the training of an open language model on a catalogue's users and items.</summary>
public sealed record LanguageRecipe
{
    /// <summary>Folder of the model as Hugging Face's libraries write it.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>How items are written. Default codes.</summary>
    public ItemWriting Writing { get; init; }

    /// <summary>
    /// Whether an encoder is told which of its tokens are one item (whole-word embeddings, as P5 and POD have them), where items are
    /// written in the model's own tokens. Default true.
    /// </summary>
    public bool WholeWords { get; init; } = true;

    /// <summary>The codes. Default residual k-means of titles, three levels of 256.</summary>
    public CodeOptions Codes { get; init; } = new() { Method = CodeMethod.Rkmeans, Levels = 3, CodebookSize = 256 };

    /// <summary>
    /// What is taught. Empty, the default, for <see cref="InstructionKind.History"/> alone, which needs neither tokenizer nor titles. Lists
    /// are asked for by it, or else as <see cref="InstructionKind.Sequential"/> asks.
    /// </summary>
    public IReadOnlyList<InstructionKind> Teach { get; init; } = [];

    /// <summary>
    /// Trains what is added to the linear layers, and the rows of new tokens; null, the default, to train every weight.
    /// </summary>
    public LowRankOptions? Lora { get; init; }

    /// <summary>What is computed in. Default float32; weights that are trained stay float32 all the same.</summary>
    public ArithmeticKind Arithmetic { get; init; }

    /// <summary>
    /// What is computed on. Default the processor; a finished model is computed there, too, where the accelerator is missing.
    /// </summary>
    public AcceleratorKind Accelerator { get; init; }

    /// <summary>
    /// True to compute blocks anew in the backward pass in place of keeping what they gave: less memory, one more forward pass.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>
    /// Share of activations dropped in training, in [0, 1); null, the default, for the checkpoint's (0 for Llama's relatives).
    /// </summary>
    public double? Dropout { get; init; }

    /// <summary>Longest history that is read, in items. Default 20, TIGER's (arXiv 2305.05065, section 4.1).</summary>
    public int Window { get; init; } = 20;

    /// <summary>Most items of a batch of whole histories, padding included. Default 256.</summary>
    public int ItemBudget { get; init; } = 256;

    /// <summary>Most tokens of a batch of instructions, padding included. Default 4,096.</summary>
    public int TokenBudget { get; init; } = 4096;

    /// <summary>Instructions of each kind that a user gives in an epoch. Default 1.</summary>
    public int PerUser { get; init; } = 1;

    /// <summary>Beams, and by whom they are validated.</summary>
    public GenerativeListOptions Lists { get; init; } = new();

    /// <summary>Length, seed, optimiser.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>What is taught, the default in place of nothing.</summary>
    [JsonIgnore]
    internal IReadOnlyList<InstructionKind> Taught => Teach.Count == 0 ? [InstructionKind.History] : Teach;

    /// <summary>Whether lists are asked for without words.</summary>
    [JsonIgnore]
    internal bool AsksByHistory => Taught.Contains(InstructionKind.History);

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Checkpoint)) yield return "no checkpoint; name the folder of an open model with --checkpoint";
        if (!Enum.IsDefined(Writing)) yield return $"writing {Writing} is not known";
        if (!Enum.IsDefined(Arithmetic)) yield return $"arithmetic {Arithmetic} is not known";
        if (!Enum.IsDefined(Accelerator)) yield return $"accelerator {Accelerator} is not known";
        foreach (var unknown in Teach.Where(kind => !Enum.IsDefined(kind))) yield return $"instruction {unknown} is not known";
        if (!AsksByHistory && !Taught.Contains(InstructionKind.Sequential))
            yield return "what is taught asks for no list; name history or sequential among it";
        if (Dropout is { } dropout && dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
        if (Window < 1) yield return $"window {Window}; at least 1 item is needed";
        if (ItemBudget < 1) yield return $"item budget {ItemBudget}; at least 1 is needed";
        if (TokenBudget < 1) yield return $"token budget {TokenBudget}; at least 1 is needed";
        if (PerUser < 1) yield return $"{PerUser} instructions of each user; at least 1 is needed";
        foreach (var fault in Codes.Validate().Concat(Lora?.Validate() ?? []).Concat(Lists.Validate()).Concat(Training.Validate()))
            yield return fault;
    }
}
