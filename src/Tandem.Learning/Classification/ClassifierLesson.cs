namespace Tandem.Learning.Classification;

/// <summary>What a classifier learns from.</summary>
/// <param name="Labelled">Examples whose labels it sees, one at least.</param>
public sealed record ClassifierLesson(IReadOnlyList<long> Labelled)
{
    /// <summary>A teacher's opinion of all examples; null, the default, for none.</summary>
    public SoftLabels? Soft { get; init; }

    /// <summary>
    /// Examples that the teacher's opinion is learned of, their labels unseen, as many in each step as there are labelled ones. Empty, the
    /// default, for the labelled ones alone.
    /// </summary>
    public IReadOnlyList<long> Taught { get; init; } = [];
}
