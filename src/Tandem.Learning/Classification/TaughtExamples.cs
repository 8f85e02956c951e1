namespace Tandem.Learning.Classification;

/// <summary>Of which examples a teacher's opinion is learned.</summary>
public enum TaughtExamples
{
    /// <summary>Of none.</summary>
    None,

    /// <summary>Of those whose labels are seen.</summary>
    Labelled,

    /// <summary>Of all training examples.</summary>
    All,
}
