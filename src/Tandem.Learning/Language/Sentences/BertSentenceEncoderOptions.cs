namespace Tandem.Learning.Language.Sentences;

/// <summary>How the work of a <see cref="BertSentenceEncoder"/> is divided; without effect on what comes of it, up to rounding.</summary>
public sealed record BertSentenceEncoderOptions
{
    /// <summary>Most tokens of a batch, those that fill shorter texts included. Default 1,024.</summary>
    public int TokenBudget { get; init; } = 1_024;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (TokenBudget < 1) yield return $"token budget is {TokenBudget}; at least 1 is needed";
    }
}
