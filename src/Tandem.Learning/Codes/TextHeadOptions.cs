using Tandem.Learning.Text;
using Tandem.Learning.Training;

namespace Tandem.Learning.Codes;

/// <summary>
/// What the items' titles say beside their codes: the cosine of an item's title with those of the last events, as a term of the score.
/// An item that is one of these has the cosine with the others, for that it is like itself says nothing. The term's weight is fitted on
/// validation events, 0 among the choices; no weight of the network depends on it.
/// </summary>
public sealed record TextHeadOptions
{
    /// <summary>True to join the term. Default false.</summary>
    public bool Enabled { get; init; }

    /// <summary>Who makes vectors of titles.</summary>
    public TextSource Source { get; init; } = new();

    /// <summary>
    /// Principal components of the titles' vectors that are kept, a byte each. Default 384, all that the default encoder has: the cloud
    /// need not save them.
    /// </summary>
    public int Width { get; init; } = 384;

    /// <summary>
    /// w in [0, 1]: a component is divided by the w-th power of its standard deviation, so that what tells few items apart counts more.
    /// Default 0, as a sequence model's.
    /// </summary>
    public double Whitening { get; init; }

    /// <summary>How many of a history's last items are read, 1 to 1,000. Default 20, as a sequence model's.</summary>
    public int Recent { get; init; } = 20;

    /// <summary>
    /// True to give every item the title of another, drawn at random: the control by which text has to be better than as many numbers that
    /// mean nothing. Default false.
    /// </summary>
    public bool Shuffled { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate() => AsText().Validate();

    /// <summary>The same as a sequence model's, the term of the score alone.</summary>
    internal TextOptions AsText() => new()
    {
        Enabled = Enabled,
        Source = Source,
        Start = false,
        Width = Width,
        Whitening = Whitening,
        Categories = false,
        Recent = Recent,
        Neighbours = 0,
        Shuffled = Shuffled,
    };
}
