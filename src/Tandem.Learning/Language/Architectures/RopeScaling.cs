namespace Tandem.Learning.Language.Architectures;

/// <summary>
/// How rotary angles are slowed down for texts longer than a model was first trained on. Names in a Hugging Face <c>config.json</c> stand
/// in brackets.
/// </summary>
public sealed record RopeScaling
{
    /// <summary>Which way (<c>rope_type</c>).</summary>
    public required RopeScalingKind Kind { get; init; }

    /// <summary>By what slow angles are divided, 1 or more (<c>factor</c>).</summary>
    public required double Factor { get; init; }

    /// <summary>
    /// <see cref="RopeScalingKind.Llama3"/>: angles with fewer turns than this within <see cref="OriginalSteps"/> are divided whole
    /// (<c>low_freq_factor</c>). Default 1, that of Llama 3.1.
    /// </summary>
    public double FewTurns { get; init; } = 1;

    /// <summary>The same: angles with more turns stay as they are (<c>high_freq_factor</c>). Default 4, that of Llama 3.1.</summary>
    public double ManyTurns { get; init; } = 4;

    /// <summary>
    /// Steps that the model was first trained on (<c>original_max_position_embeddings</c>). Default 8,192, those of Llama 3.
    /// </summary>
    public int OriginalSteps { get; init; } = 8_192;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Enum.IsDefined(Kind)) yield return $"rope scaling {Kind} is not known";
        if (!(Factor >= 1 && double.IsFinite(Factor))) yield return $"rope scaling by {Factor}; a finite number from 1 is needed";
        if (Kind != RopeScalingKind.Llama3) yield break;
        if (!(FewTurns > 0 && ManyTurns > FewTurns && double.IsFinite(ManyTurns)))
            yield return $"rope scaling between {FewTurns} and {ManyTurns} turns; two rising numbers above 0 are needed";
        if (OriginalSteps < 1) yield return $"rope scaling from {OriginalSteps} steps; at least 1 is needed";
    }
}
