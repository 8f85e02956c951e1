namespace Tandem.Learning.Personalization;

/// <summary>Where a user's weights come from.</summary>
public enum ParameterSourceKind
{
    /// <summary>Everybody has the trained weights.</summary>
    None,

    /// <summary>
    /// DUET (Lv et al., WWW 2023, arXiv 2209.05227): the items of the history, by a generator of two layers for each changed layer, the
    /// first of them a mean of several (stable weight adapter).
    /// </summary>
    Duet,

    /// <summary>APG (Yan et al., NeurIPS 2022, arXiv 2203.16218): a perceptron over the mean of the history.</summary>
    Apg,

    /// <summary>
    /// SOLID (Lv et al., MM 2024, arXiv 2408.00123): what the items are like generates the main part, the items themselves, read through a
    /// codebook, a bounded correction.
    /// </summary>
    Solid,

    /// <summary>
    /// A plan of precision (CHORD, Liu et al., MM 2025, arXiv 2510.03038): which rows of the layers keep how many bits, 2 bits a row.
    /// </summary>
    Precision,
}
