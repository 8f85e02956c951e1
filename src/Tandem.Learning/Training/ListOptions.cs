namespace Tandem.Learning.Training;

/// <summary>
/// Cooperative training (LSC4Rec, arXiv 2501.05647): a cloud's lists for events that its model had not learned, and a loss that ranks
/// the real target among what was listed beside it.
/// </summary>
public sealed record ListOptions
{
    private const int LeastListed = 2;
    private const int MostListed = 1_000;

    /// <summary>
    /// Folder of a finished run under <c>loo-age-N</c> on the same data: its model makes lists for each user's last N training events,
    /// which it has not learned. Null, the default, for training without lists.
    /// </summary>
    public string? Cloud { get; init; }

    /// <summary>λ: the loss is that of the next item plus λ times that of the lists. Default 0.3.</summary>
    public double Weight { get; init; } = 0.3;

    /// <summary>K, items on a list, 2 to 1,000; the target comes to them where it is not listed. Default 50.</summary>
    public int Length { get; init; } = 50;

    /// <summary>What ranks the target among the candidates. Default: a softmax over them.</summary>
    public ListLoss Loss { get; init; }

    /// <summary>
    /// Made-up candidates beside those of a list, 0 or more: items whose decimal numbers are put together from pairs of digits of the
    /// listed ones, as LSC4Rec's program adds 79. Default 0: numbers of items mean nothing here.
    /// </summary>
    public int Fragments { get; init; }

    /// <summary>Lists of a step, for each replica. Default 64.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Weight is not (> 0 and < double.PositiveInfinity)) yield return $"lists.weight is {Weight}, expected more than 0";
        if (Length is < LeastListed or > MostListed) yield return $"lists.length is {Length}, expected {LeastListed} to {MostListed}";
        if (!Enum.IsDefined(Loss)) yield return $"lists.loss is {(int)Loss}, expected softmax or binary";
        if (Fragments is < 0 or > MostListed) yield return $"lists.fragments is {Fragments}, expected 0 to {MostListed}";
        if (Batch < 1) yield return $"lists.batch is {Batch}, expected 1 or more";
    }
}
