namespace Tandem.Learning.Personalization;

/// <summary>What is taken from a source, to see whether it mattered.</summary>
public enum ParameterControl
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The last map of the generator stays as drawn, which is all that the programs of DUET and SOLID did.</summary>
    Frozen,

    /// <summary>Every user gets the weights that were made for another user of the batch.</summary>
    Shuffled,

    /// <summary>All users get the same weights: as many parameters, without a condition.</summary>
    Constant,

    /// <summary>
    /// All that the released programs of DUET and SOLID did, for comparison: generators as drawn and never trained, whole matrices in the
    /// place of trained ones, personal numbers cut at ±0.01, centres of the codebook as drawn, padding read as an item. Asks for
    /// <see cref="GeneratedForm.Full"/>.
    /// </summary>
    Published,
}
