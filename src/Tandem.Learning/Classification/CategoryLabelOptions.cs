namespace Tandem.Learning.Classification;

/// <summary>Which of an item's categories is its label, see <see cref="CategoryLabels"/>.</summary>
public sealed record CategoryLabelOptions
{
    /// <summary>
    /// Least share of the items with categories that hold a category before it can be a label, in [0, 1). Default 0.01: below it the
    /// test part of Beauty would have fewer than 25 items of a label.
    /// </summary>
    public double LeastShare { get; init; } = 0.01;

    /// <summary>Most labels, the most frequent; 2 or more. Default 20.</summary>
    public int Most { get; init; } = 20;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (LeastShare is not (>= 0 and < 1)) yield return $"least share {LeastShare} of a label is not in [0, 1)";
        if (Most < 2) yield return $"{Most} labels; 2 or more are expected";
    }
}
