using Tandem.Learning.Transfer;

namespace Tandem.Learning.Classification;

/// <summary>One way to train a classifier, to be compared with others.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Description">One phrase for help texts.</param>
public sealed record ClassificationArm(string Name, string Description)
{
    /// <summary>The classifier by itself, with which all others are compared.</summary>
    public static ClassificationArm Alone { get; } = new("alone", "by itself");

    /// <summary>With the source's weights.</summary>
    public static ClassificationArm Adapter { get; } =
        new("adapter", "with the source's weights, layers and table of words") { Control = TransferControl.Real };

    /// <summary>With noise in their place: what is left of the difference to it is knowledge.</summary>
    public static ClassificationArm Noise { get; } =
        new("noise", "the same with noise in the source's place") { Control = TransferControl.Noise };

    /// <summary>Every arm, in the order of tables.</summary>
    public static IReadOnlyList<ClassificationArm> All { get; } =
    [
        Alone, Adapter, Noise,
        new("shuffled", "the same with the source's rows in random order") { Control = TransferControl.Shuffled, IsAsked = true },
        new("layers", "with the source's layers alone") { Control = TransferControl.Real, Words = false, IsAsked = true },
        new("words", "with the source's table of words alone") { Control = TransferControl.Real, Layers = false, IsAsked = true },
        new("distill", "with a teacher's opinion of the labelled titles") { Teacher = TaughtExamples.Labelled },
        new("distill-all", "with a teacher's opinion of all training titles") { Teacher = TaughtExamples.All },
        new("start", "words start from principal components of the source's") { Start = true },
        new("start-adapter", "start and adapter") { Start = true, Control = TransferControl.Real },
        new("start-noise", "start, and noise in the source's place") { Start = true, Control = TransferControl.Noise, IsAsked = true },
    ];

    /// <summary>What adapters read; <see cref="TransferControl.None"/>, the default, for no adapters.</summary>
    public TransferControl Control { get; private init; } = TransferControl.None;

    /// <summary>True, the default, where adapters write layers.</summary>
    public bool Layers { get; private init; } = true;

    /// <summary>True, the default, where an adapter writes the table of words, of a source that has one.</summary>
    public bool Words { get; private init; } = true;

    /// <summary>True where words start from the source's.</summary>
    public bool Start { get; private init; }

    /// <summary>What a teacher says something of.</summary>
    public TaughtExamples Teacher { get; private init; }

    /// <summary>True for an arm that is trained only where it is named.</summary>
    public bool IsAsked { get; private init; }

    /// <summary>True where the source has to be an encoder of texts.</summary>
    public bool NeedsEncoder => Start || Teacher != TaughtExamples.None;
}
