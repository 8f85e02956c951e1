namespace Tandem.Learning.Personalization;

/// <summary>Weights of some linear layers that are generated for each user from what the user did last.</summary>
public sealed record ParameterOptions
{
    /// <summary>Where they come from. Default <see cref="ParameterSourceKind.None"/>.</summary>
    public ParameterSourceKind Source { get; init; }

    /// <summary>
    /// Names of the layers, such as <c>backbone.blocks.1.expand</c>; null, the default, for all that may be: those that read each event by
    /// itself, after the last that mixes events; of DIN <c>hidden</c>, <c>last_hidden</c> and <c>output</c>.
    /// </summary>
    public IReadOnlyList<string>? Layers { get; init; }

    /// <summary>What is generated of each. Default <see cref="GeneratedForm.LowRank"/>.</summary>
    public GeneratedForm Form { get; init; } = GeneratedForm.LowRank;

    /// <summary>R of <see cref="GeneratedForm.LowRank"/>. Default 8.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>C, the width of the condition. Default 32, as published.</summary>
    public int Width { get; init; } = 32;

    /// <summary>How events become the condition. Default <see cref="ConditionEncoderKind.Gru"/>; APG has its own, a mean.</summary>
    public ConditionEncoderKind Encoder { get; init; } = ConditionEncoderKind.Gru;

    /// <summary>Share of the condition that is dropped in training, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Share of the rows of a training batch that keep the trained weights, in [0, 1): a device that has no packet, or refused one, has to
    /// rank well, too. Default 0.1; not tuned.
    /// </summary>
    public double Absent { get; init; } = 0.1;

    /// <summary>m, the maps that DUET's stable weight adapter is a mean of, 1 or more. Default 4.</summary>
    public int StableMaps { get; init; } = 4;

    /// <summary>Parts of SOLID.</summary>
    public SolidOptions Solid { get; init; } = new();

    /// <summary>How few bits a plan of precision keeps.</summary>
    public PrecisionOptions Precision { get; init; } = new();

    /// <summary>
    /// Path of codes of the items, as <c>tandem codes learn --out</c> writes them, for SOLID's semantic branch; null, the default, for the
    /// items' categories.
    /// </summary>
    public string? ItemCodes { get; init; }

    /// <summary>
    /// M, bytes that stand for a user's numbers of <see cref="GeneratedForm.LowRank"/> where a packet brings codes, 1 to 16. Default 4.
    /// </summary>
    public int CodeLevels { get; init; } = 4;

    /// <summary>K, values of each of them, 2 to 256. Default 256; a bundle's tables hold M K S numbers.</summary>
    public int CodeSize { get; init; } = 256;

    /// <summary>What is taken away, to see whether it mattered. Default nothing.</summary>
    public ParameterControl Control { get; init; }

    /// <summary>True where what is generated are cores between shared factors.</summary>
    internal bool HasCores => Form == GeneratedForm.LowRank && Source is not (ParameterSourceKind.None or ParameterSourceKind.Precision);

    /// <summary>True where the source reads what items are like.</summary>
    internal bool ReadsTerms => Source == ParameterSourceKind.Solid && Solid.Semantic;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Enum.IsDefined(Source)) yield return $"parameters: source {Source} is not known";
        if (!Enum.IsDefined(Form)) yield return $"parameters: form {Form} is not known";
        if (!Enum.IsDefined(Encoder)) yield return $"parameters: encoder {Encoder} is not known";
        if (!Enum.IsDefined(Control)) yield return $"parameters: control {Control} is not known";
        if (Layers is { Count: 0 }) yield return "parameters: no layers; name one at least, or none for all that may be changed";
        if (Rank is < 1 or > 256) yield return $"parameters: rank {Rank}; expected 1 to 256";
        if (Width is < 1 or > 4096) yield return $"parameters: width {Width}; expected 1 to 4096";
        if (Dropout is not (>= 0 and < 1)) yield return $"parameters: dropout {Dropout} is not in [0, 1)";
        if (Absent is not (>= 0 and < 1)) yield return $"parameters: a share of {Absent} without weights of their own is not in [0, 1)";
        if (StableMaps is < 1 or > 64) yield return $"parameters: {StableMaps} stable maps; expected 1 to 64";
        if (ItemCodes is not null && !ReadsTerms)
            yield return "parameters: codes of items are read by the semantic branch of solid alone; leave parameters.itemCodes out";
        if (CodeLevels is < 1 or > 16) yield return $"parameters: {CodeLevels} codes of a user; expected 1 to 16";
        if (CodeSize is < 2 or > 256) yield return $"parameters: {CodeSize} values of a code; expected 2 to 256";
        foreach (var fault in Solid.Validate().Concat(Precision.Validate())) yield return $"parameters: {fault}";
        var wasReleased = Form == GeneratedForm.Full && Source is (ParameterSourceKind.Duet or ParameterSourceKind.Solid);
        if (Control == ParameterControl.Published && !wasReleased)
            yield return "parameters: the control published is of duet and solid with whole matrices; set parameters.form to full";
        if (Source == ParameterSourceKind.Precision && Form != GeneratedForm.LowRank)
            yield return "parameters: a plan of precision has a form of its own; leave parameters.form out";
    }
}
