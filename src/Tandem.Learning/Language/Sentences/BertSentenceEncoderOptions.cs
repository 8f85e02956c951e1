namespace Tandem.Learning.Language.Sentences;

/// <summary>How the work of a <see cref="BertSentenceEncoder"/> is divided; without effect on what comes of it, up to rounding.</summary>
public sealed record BertSentenceEncoderOptions
{
    /// <summary>Batches that are computed at a time, each on a thread of its own. Default: the number of processors.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Most tokens of a batch, those that fill shorter texts included. Default 512, see bench/results/text-epyc-2-cores.md.
    /// </summary>
    public int TokenBudget { get; init; } = 512;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Threads < 1) yield return $"threads is {Threads}; at least 1 is needed";
        if (TokenBudget < 1) yield return $"token budget is {TokenBudget}; at least 1 is needed";
    }
}
