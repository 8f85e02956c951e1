using Tandem.Data;

namespace Tandem.Learning;

/// <summary>
/// A trained recommender as an evaluation sees it: histories in, a score for every item of the catalogue out. Sequence models,
/// nearest neighbours and counts alike; one contract test holds them all.
/// </summary>
public interface IItemScorer
{
    /// <summary>The model's name on the command line and in run folders, such as <c>sasrec</c> or <c>ease</c>.</summary>
    string Kind { get; }

    /// <summary>V; ids are 1 … V, 0 is padding.</summary>
    int ItemCount { get; }

    /// <summary>Scores of all items after each history, higher is better. Not thread-safe; uses the threads it likes.</summary>
    /// <param name="histories">B histories, any lengths, empty ones included: those give the same finite scores to everybody.</param>
    /// <param name="scores">
    /// Destination, [B, V + 1] float32, row-major; place 0 of each row belongs to padding, its value means nothing.
    /// </param>
    void Score(ReadOnlySpan<History> histories, Span<float> scores);
}
