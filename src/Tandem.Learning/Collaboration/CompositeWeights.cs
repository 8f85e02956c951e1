namespace Tandem.Learning.Collaboration;

/// <summary>
/// How members' scores join: Σ w_g s_g(i). With a <see cref="Confidence"/> the member that it names counts 2 α times its weight and all
/// others 2 (1 − α) times theirs.
/// </summary>
public sealed record CompositeWeights
{
    /// <summary>w_g by member; 0 for one that does not help, at least one above 0.</summary>
    public required IReadOnlyList<double> Members { get; init; }

    /// <summary>Null for constant weights.</summary>
    public ConfidenceRule? Confidence { get; init; }

    /// <summary>Every fault, empty where they can be used.</summary>
    /// <param name="members">How many there are.</param>
    public IEnumerable<string> Validate(int members)
    {
        if (Members.Count != members) yield return $"{Members.Count} weights for {members} members";
        if (Members.Any(weight => weight is not (>= 0 and < 1e6))) yield return "a weight is not a number of at least 0, below a million";
        if (!Members.Any(weight => weight > 0)) yield return "no member has a weight above 0";
        if (Confidence is not { } rule) yield break;
        if (rule.Member < 0 || rule.Member >= members) yield return $"no member has the number {rule.Member}";
        if (!double.IsFinite(rule.Steepness) || !double.IsFinite(rule.Threshold)) yield return "the rule of confidence is not finite";
    }

    /// <summary>[members] what each counts for one user.</summary>
    /// <param name="peaks">[members] highest probability that each gives to an item; not read where weights are constant.</param>
    /// <param name="weights">Receives them.</param>
    internal void Of(ReadOnlySpan<float> peaks, Span<float> weights)
    {
        for (var g = 0; g < weights.Length; g++) weights[g] = (float)Members[g];
        if (Confidence is not { } rule) return;
        var share = rule.ShareAt(peaks[rule.Member]);
        for (var g = 0; g < weights.Length; g++) weights[g] *= (float)(2 * (g == rule.Member ? share : 1 - share));
    }
}

/// <summary>
/// A weight that follows how sure a model is (MemGen, arXiv 2603.19809): α = sigmoid(k (p − τ)), p being the highest probability that the
/// model gives to an item.
/// </summary>
/// <param name="Member">Place of the model.</param>
/// <param name="Steepness">k; below 0 where the model counts less the surer it is.</param>
/// <param name="Threshold">τ: the p at which α is ½.</param>
public sealed record ConfidenceRule(int Member, double Steepness, double Threshold)
{
    internal double ShareAt(double peak) => 1 / (1 + Math.Exp(-Steepness * (peak - Threshold)));
}
