namespace Tandem.Learning.Codes.Generative;

/// <summary>How a generative model makes lists, and how many it is validated by.</summary>
public sealed record GenerativeListOptions
{
    /// <summary>
    /// W, beams: prefixes kept at each level, and with them the fewest items that are looked at. A list of more items has a beam for each.
    /// An evaluation ranks the W items that the beams end in; any other item is a miss. Default 50, as in MemGen (arXiv 2603.19809).
    /// </summary>
    public int Beams { get; init; } = 50;

    /// <summary>Beams of the lists of ten by which the epoch is chosen. Default 20.</summary>
    public int ValidationBeams { get; init; } = 20;

    /// <summary>
    /// Most users that choose epoch and calibration, drawn by the seed; null for all. Default 4,000, with a standard error of NDCG@10 near
    /// .003.
    /// </summary>
    public int? ValidationUsers { get; init; } = 4000;

    /// <summary>Whether chances are fitted to the lists of validation (<c>ListCalibration</c>). Default true.</summary>
    public bool Calibrate { get; init; } = true;

    /// <summary>True to leave items of the history out when validating and calibrating, as the test will. Default true.</summary>
    public bool MaskSeen { get; init; } = true;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Beams is < 1 or > MostBeams) yield return $"{Beams} beams; expected 1 to {MostBeams}";
        if (ValidationBeams is < 1 or > MostBeams) yield return $"{ValidationBeams} beams to validate with; expected 1 to {MostBeams}";
        if (ValidationUsers < 1) yield return $"{ValidationUsers} users to validate by; at least 1 is needed";
    }

    private const int MostBeams = 10_000;
}
