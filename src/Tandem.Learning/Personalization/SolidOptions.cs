namespace Tandem.Learning.Personalization;

/// <summary>Parts of SOLID.</summary>
public sealed record SolidOptions
{
    /// <summary>False to leave the semantic branch out. Default true.</summary>
    public bool Semantic { get; init; } = true;

    /// <summary>False to leave the personal branch, the items' own, out. Default true.</summary>
    public bool Personal { get; init; } = true;

    /// <summary>
    /// What the personal branch reads items through. Default <see cref="CodebookKind.None"/>, the items themselves: on MovieLens 1M a
    /// learned codebook took a sixth more training time and validated worse. The published one is <see cref="CodebookKind.Learned"/>.
    /// </summary>
    public CodebookKind Codebook { get; init; } = CodebookKind.None;

    /// <summary>K, centres of the codebook, 2 or more. Default 256.</summary>
    public int CodebookSize { get; init; } = 256;

    /// <summary>Steps after which the codebook starts, at k-means++ centres of what it then gets. Default 200.</summary>
    public int CodebookAfter { get; init; } = 200;

    /// <summary>Share in (0, 1) of the running means that a step keeps. Default 0.99.</summary>
    public double CentreDecay { get; init; } = 0.99;

    /// <summary>
    /// Steps from one move of the centres to the next, 1 or more, each by what its own step reads. Default 8: they move slowly, and a move
    /// at each step was a tenth of the training's time on MovieLens 1M.
    /// </summary>
    public int CentresEvery { get; init; } = 8;

    /// <summary>β of |z − sg[q]|², which holds items near their centres. Default 0.25 (VQ-VAE, arXiv 1711.00937).</summary>
    public double Commitment { get; init; } = 0.25;

    /// <summary>
    /// λ of |s − sg[q]|², which draws the semantic branch's reading of an item to its centre. Default 0.1, the published one.
    /// </summary>
    public double Alignment { get; init; } = 0.1;

    /// <summary>
    /// t above 0, where the bound of a personal number, t tanh(n / t), starts; it is learned for each layer. Default 0.1: the published
    /// bound, a cut at 0.01 that is not learned, leaves no gradient.
    /// </summary>
    public double Bound { get; init; } = 0.1;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Semantic && !Personal) yield return "solid: both branches are left out; leave one in, or set parameters.source to none";
        if (!Enum.IsDefined(Codebook)) yield return $"solid: codebook {Codebook} is not known";
        if (CodebookSize < 2) yield return $"solid: a codebook of {CodebookSize}; at least 2 are needed";
        if (CodebookAfter < 1) yield return $"solid: the codebook starts after {CodebookAfter} steps; at least 1 is needed";
        if (CentresEvery < 1) yield return $"solid: centres move every {CentresEvery} steps; at least 1 is needed";
        if (CentreDecay is not (> 0 and < 1)) yield return $"solid: centre decay {CentreDecay} is not in (0, 1)";
        if (Commitment is not (>= 0 and <= 100)) yield return $"solid: commitment {Commitment} is not in [0, 100]";
        if (Alignment is not (>= 0 and <= 100)) yield return $"solid: alignment {Alignment} is not in [0, 100]";
        if (Bound is not (> 0 and <= 100)) yield return $"solid: bound {Bound} is not in (0, 100]";
    }
}
