namespace Tandem.Protocol.Collaboration;

/// <summary>
/// What a call is expected to be worth: NDCG@10 of a new list less that of the present one, as a line over what the device sees of its own
/// ranking: b + Σ w_k x_k, with x_k from −10 to 10 beyond which nothing counts.
/// </summary>
public sealed record GainWeights
{
    /// <summary>The signals x_k: those that <c>RankingSignals</c> of the device lists, in its order.</summary>
    public const int Signals = 14;

    /// <summary>Beyond this much, to either side, a signal counts no more.</summary>
    public const double MostSignal = 10;

    private const double MostWeight = 1_000;

    /// <summary>b, within ±1,000.</summary>
    public required double Intercept { get; init; }

    /// <summary>[14] w_k, within ±1,000.</summary>
    public required IReadOnlyList<double> Weights { get; init; }

    /// <summary>β > 0: the device's own confidence is read from softmax(β z); what makes that likeliest, to 1,000.</summary>
    public required double DeviceScale { get; init; }

    /// <summary>The device asks where the expected gain reaches this, within ±1,000.</summary>
    public required double Threshold { get; init; }

    /// <summary>Every fault, empty where it can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Weights is not { Count: Signals }) yield return $"request has {Weights?.Count ?? 0} weights, expected {Signals}";
        else if (Weights.Any(weight => !(Math.Abs(weight) <= MostWeight))) yield return $"request: a weight is not within ±{MostWeight}";
        if (!(Math.Abs(Intercept) <= MostWeight)) yield return $"request: the intercept is not within ±{MostWeight}";
        if (!(Math.Abs(Threshold) <= MostWeight)) yield return $"request: the threshold is not within ±{MostWeight}";
        if (DeviceScale is not (> 0 and <= MostWeight)) yield return $"request: the device's scale is not above 0, to {MostWeight}";
    }
}
