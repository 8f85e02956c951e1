namespace Tandem.Simulation;

/// <summary>What views without a call miss, on validation views, and what it is at the most on others like them.</summary>
/// <param name="Rate">Share of views that ask.</param>
/// <param name="Threshold">Least expected gain that asks.</param>
/// <param name="Missed">Mean over views of NDCG@10 that a call would have gained where none was made, losses counted as 0.</param>
/// <param name="Bound">
/// Conformal risk control (Angelopoulos et al., ICLR 2024): (n Missed + 1) / (n + 1) bounds the expected miss of a view that is
/// exchangeable with the n of validation, for a miss is at most 1 and falls as the threshold does.
/// </param>
public sealed record MissedGain(double Rate, double Threshold, double Missed, double Bound)
{
    /// <param name="rate">Share of views that ask.</param>
    /// <param name="expected">[N] expected gains.</param>
    /// <param name="gains">[N] real ones.</param>
    public static MissedGain At(double rate, IReadOnlyList<double> expected, IReadOnlyList<double> gains)
    {
        int[] order = [.. Enumerable.Range(0, expected.Count).OrderByDescending(i => expected[i])];
        var asked = (int)Math.Round(rate * order.Length);
        var missed = order.Skip(asked).Sum(i => Math.Max(0, gains[i])) / order.Length;
        var threshold = asked == 0 ? double.PositiveInfinity : expected[order[asked - 1]];
        return new(rate, double.IsFinite(threshold) ? threshold : expected.Max(), missed, (order.Length * missed + 1) / (order.Length + 1));
    }
}
