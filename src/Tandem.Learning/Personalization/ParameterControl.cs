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
}
