namespace Tandem.Learning.Classification;

/// <summary>Settings of <see cref="TextCnn"/>.</summary>
public sealed record TextCnnOptions
{
    /// <summary>D, the width of words. Default 64; 300 in the paper, whose words are pretrained.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Filters of each height. Default 64; 100 in the paper.</summary>
    public int Filters { get; init; } = 64;

    /// <summary>Words that a filter reads. Default 3, 4, 5, as published.</summary>
    public IReadOnlyList<int> Heights { get; init; } = [3, 4, 5];

    /// <summary>Share of the pooled features that is dropped in training, in [0, 1). Default 0.5, as published.</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Standard deviation of the words' first values. Default 0.1; not tuned.</summary>
    public double WordDeviation { get; init; } = 0.1;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Width < 1 || Filters < 1) yield return $"width {Width} and {Filters} filters; 1 or more are expected of each";
        if (Heights.Count == 0 || Heights.Any(height => height < 1)) yield return "a filter reads no word; expected heights of 1 or more";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
        if (WordDeviation is not (> 0 and < double.PositiveInfinity)) yield return $"deviation {WordDeviation} of words is not above 0";
    }
}
