using Tandem.Learning.Text;

namespace Tandem.Learning.Training;

/// <summary>
/// What the items' titles and categories say, as a part of a sequence model: where its item table starts, further terms of its score, and
/// counts of successors that items which are alike lend each other. Weights are fitted on validation events; one that does not help is 0.
/// </summary>
public sealed record TextOptions
{
    private const int MostWidth = 4_096;

    /// <summary>True to use the text of items. Default false.</summary>
    public bool Enabled { get; init; }

    /// <summary>Who makes vectors of titles.</summary>
    public TextSource Source { get; init; } = new();

    /// <summary>True to start the item table from the vectors' principal components, in place of random numbers. Default true.</summary>
    public bool Start { get; init; } = true;

    /// <summary>
    /// Root mean square of the elements that the table starts with, above 0. Default 0.2: on Beauty's validation events better than 0.05
    /// and 0.4.
    /// </summary>
    public double StartDeviation { get; init; } = 0.2;

    /// <summary>True for the cosine of an item's title with those of the last events as a term of the score. Default true.</summary>
    public bool Score { get; init; } = true;

    /// <summary>Principal components of the titles' vectors that this term keeps, a byte each. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <summary>
    /// w in [0, 1]: in this term a component is divided by the w-th power of its standard deviation, so that what tells few items apart
    /// counts more. Default 0.
    /// </summary>
    public double Whitening { get; init; }

    /// <summary>True for the same of the items' categories, where the data has them. Default true.</summary>
    public bool Categories { get; init; } = true;

    /// <summary>Dimensions of the categories' vectors, a byte each. Default 24.</summary>
    public int CategoryWidth { get; init; } = 24;

    /// <summary>How many of a history's last items are read, 1 to 1,000. Default 20.</summary>
    public int Recent { get; init; } = 20;

    /// <summary>Items of like titles that lend an item their counts, where successors are on; 0 for none. Default 20.</summary>
    public int Neighbours { get; init; } = 20;

    /// <summary>
    /// True to give every item the text of another, drawn at random: the control by which text has to be better than as many numbers that
    /// mean nothing. Default false.
    /// </summary>
    public bool Shuffled { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        // An encoder that is not there is no matter to a training without text.
        foreach (var fault in Enabled ? Source.Validate() : []) yield return $"text: {fault}";
        if (StartDeviation is not (> 0 and <= 100))
            yield return FormattableString.Invariant($"text: startDeviation {StartDeviation}; expected more than 0, to 100");
        if (Width is < 1 or > MostWidth) yield return $"text: width {Width}; expected 1 to {MostWidth}";
        if (Whitening is not (>= 0 and <= 1)) yield return FormattableString.Invariant($"text: whitening {Whitening}; expected 0 to 1");
        if (CategoryWidth is < 1 or > MostWidth) yield return $"text: categoryWidth {CategoryWidth}; expected 1 to {MostWidth}";
        if (Recent is < 1 or > 1_000) yield return $"text: recent {Recent}; expected 1 to 1,000";
        if (Neighbours is < 0 or > 1_000) yield return $"text: neighbours {Neighbours}; expected 0 to 1,000";
    }
}
