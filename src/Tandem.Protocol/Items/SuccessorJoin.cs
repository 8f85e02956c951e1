namespace Tandem.Protocol.Items;

/// <summary>
/// How counts of successors join a sequence model's score: s(b) = z(b) + β ln(1 + x(b) / (κ n)), with x(b) = Σ_k ρ^k c(h_k, b) over the
/// last items of the history, h_0 the newest. n is 1, or Σ_b x(b) where shares are joined. An item that never followed keeps its score.
/// </summary>
/// <remarks>
/// β ln(1 + x / κ) differs from β ln(x + κ) by a constant, so the order is that of a product of experts, softmax(z) · (x + κ)^β.
/// β, κ and the choice of n are fitted on validation events and belong to the model that they were fitted for.
/// </remarks>
public sealed record SuccessorJoin
{
    private const int MostRecent = 1_000;
    private const double MostWeight = 1_000;
    private const double LeastOffset = 1e-6;
    private const double MostOffset = 1e6;

    /// <summary>How many of a history's last events are read, 1 to 1,000.</summary>
    public required int Recent { get; init; }

    /// <summary>ρ: what an event one place older counts, as a share; above 0, at most 1.</summary>
    public required double RecencyDecay { get; init; }

    /// <summary>True to divide each sum by their total, so that a history of rare items speaks as loudly as one of popular items.</summary>
    public required bool Shares { get; init; }

    /// <summary>β, 0 to 1,000; at 0 counts change nothing.</summary>
    public required double Weight { get; init; }

    /// <summary>κ, 1e-6 to 1e6: sums far below it change nothing, far above it they count by their logarithm.</summary>
    public required double Offset { get; init; }

    /// <summary>Every fault, empty where it can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (Recent is < 1 or > MostRecent) faults.Add($"recent is {Recent}, expected 1 to {MostRecent}");
        if (RecencyDecay is not (> 0 and <= 1)) faults.Add(Text($"recencyDecay is {RecencyDecay}, expected more than 0, to 1"));
        if (Weight is not (>= 0 and <= MostWeight)) faults.Add(Text($"weight is {Weight}, expected 0 to {MostWeight}"));
        if (Offset is not (>= LeastOffset and <= MostOffset))
        {
            faults.Add(
            Text($"offset is {Offset}, expected {LeastOffset} to {MostOffset}"));
        }

        return faults;
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
