namespace Tandem.Learning.Transfer;

/// <summary>What stands in the place of the source, to see whether its knowledge mattered.</summary>
public enum TransferControl
{
    /// <summary>The source.</summary>
    Real,

    /// <summary>Nothing is transferred: the target trains alone.</summary>
    None,

    /// <summary>Normal numbers with the mean and deviation of each of its matrices, drawn once.</summary>
    Noise,

    /// <summary>Its rows in random order.</summary>
    Shuffled,

    /// <summary>The same network before its training.</summary>
    Untrained,

    /// <summary>The target's own weights of the moment.</summary>
    Self,

    /// <summary>Zeros.</summary>
    Zero,
}
