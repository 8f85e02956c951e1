namespace Tandem.Learning.Tuning;

/// <summary>How a language model writes items.</summary>
public enum ItemWriting
{
    /// <summary>As semantic codes, each a new token of the model.</summary>
    Codes,

    /// <summary>
    /// As the item's number in the model's own tokens, as P5 writes items (arXiv 2203.13366). Numbers are those of the data set, which are
    /// drawn at random by the seed: numbers in the order of first appearance tell of what is to come.
    /// </summary>
    Numbers,

    /// <summary>As <c>item_</c> and the number, as POD writes them (Prompt Distillation, CIKM 2023).</summary>
    Names,
}
