namespace Tandem.Learning.Classification;

/// <summary>Settings of <see cref="TextTransformer"/>.</summary>
public sealed record TextTransformerOptions
{
    /// <summary>D, a multiple of the heads. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Blocks. Default 2.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>H. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width of the feed-forward part, in D. Default 4, as in BERT.</summary>
    public int FeedForwardMultiple { get; init; } = 4;

    /// <summary>Share of elements that is dropped in training, in [0, 1). Default 0.1, as in BERT.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Standard deviation of the words' first values. Default 0.1; not tuned.</summary>
    public double WordDeviation { get; init; } = 0.1;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Heads < 1 || Width < 1 || Width % Heads != 0) yield return $"width {Width} is no multiple of {Heads} heads";
        if (Blocks < 1 || FeedForwardMultiple < 1)
            yield return $"{Blocks} blocks and a feed-forward multiple of {FeedForwardMultiple}; 1 or more are expected of each";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
        if (WordDeviation is not (> 0 and < double.PositiveInfinity)) yield return $"deviation {WordDeviation} of words is not above 0";
    }
}
