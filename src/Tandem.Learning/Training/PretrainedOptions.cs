namespace Tandem.Learning.Training;

/// <summary>A trained model whose weights a training starts from.</summary>
public sealed record PretrainedOptions
{
    /// <summary>
    /// Folder of a finished run of the same model on the same data, under the same protocol without refit or <c>loo-age-N</c> of any N: it
    /// knows no more than this training may learn. Null, the default, for weights drawn by the seed.
    /// </summary>
    public string? Run { get; init; }

    /// <summary>
    /// a in [0, 1), the strength of an L2-SP penalty: after each step the weights go back a-th of the way to those that they started
    /// from (decoupled L2-SP, arXiv 1802.01483). Default 0: they are free.
    /// </summary>
    public double Anchor { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Anchor is not (>= 0 and < 1)) yield return $"pretrained.anchor is {Anchor}, expected 0 or more and less than 1";
        if (Anchor > 0 && Run is null) yield return "pretrained.anchor: there is nothing to go back to; name a run as pretrained.run";
    }
}
