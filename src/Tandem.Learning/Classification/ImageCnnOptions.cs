namespace Tandem.Learning.Classification;

/// <summary>Settings of <see cref="ImageCnn"/>.</summary>
public sealed record ImageCnnOptions
{
    /// <summary>Channels of each stage; every one but the first halves height and width. Default 16, 24, 32, 64.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [16, 24, 32, 64];

    /// <summary>Blocks of each stage. Default 2.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>t, channels inside a block for each outside. Default 6, as published.</summary>
    public int Expansion { get; init; } = 6;

    /// <summary>Channels before the mean over all places. Default 256; 1,280 in the paper, for images of 224 × 224.</summary>
    public int Last { get; init; } = 256;

    /// <summary>Share of the features that is dropped in training, in [0, 1). Default 0.2, as in the authors' program.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Channels.Count is < 1 or > 5 || Channels.Any(channels => channels < 1))
            yield return $"{Channels.Count} stages; expected 1 to 5, of one channel at least each";
        if (Blocks < 1 || Expansion < 1 || Last < 1)
            yield return $"{Blocks} blocks, expansion {Expansion}, {Last} channels at last; 1 or more are expected of each";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
    }
}
