namespace Tandem.Protocol.Collaboration;

/// <summary>
/// What each side says counts in a candidate's score when the list is so old: s(i) = w_d z(i), and for an item of the list
/// + w_c (c(i) − least c) + w_l + w_t (z'(i) − greatest z').
/// </summary>
/// <remarks>
/// z is the device's score now and z' the one that it had when the list came, c the cloud's log-probability. With a negative w_t what the
/// device knew itself when the list came is taken out of the cloud's opinion, and what has happened since comes in with z.
/// </remarks>
public sealed record FusionWeights
{
    private const int MostAge = 1_000_000;
    private const double MostWeight = 1_000;

    /// <summary>Events observed since the cloud made the list, 0 to 1,000,000.</summary>
    public required int Age { get; init; }

    /// <summary>w_d, 0 to 1,000.</summary>
    public required double Device { get; init; }

    /// <summary>w_c, 0 to 1,000.</summary>
    public required double Cloud { get; init; }

    /// <summary>w_l, for being on the list at all, −1,000 to 1,000.</summary>
    public required double Listed { get; init; }

    /// <summary>w_t, −1,000 to 1,000.</summary>
    public required double Before { get; init; }

    /// <summary>Every fault of the weights of one rule, which come with rising ages from 0 on.</summary>
    internal static IEnumerable<string> Validate(IReadOnlyList<FusionWeights> weights)
    {
        const int most = 64;
        if (weights is not { Count: > 0 and <= most })
        {
            yield return $"fusion has {weights?.Count ?? 0} ages, expected 1 to {most}";
            yield break;
        }

        for (var i = 0; i < weights.Count; i++)
        {
            if (weights[i] is not { } at) yield return $"fusion at place {i} is null";
            else if (at.FaultAfter(i == 0 ? null : weights[i - 1]) is { } fault) yield return $"fusion at place {i}: {fault}";
        }
    }

    private string? FaultAfter(FusionWeights? before)
    {
        if (before is null && Age != 0) return $"age is {Age}, expected 0 for the first";
        if (Age <= before?.Age || Age > MostAge) return $"age is {Age}, expected more than the one before, to {MostAge}";
        if (Device is not (>= 0 and <= MostWeight)) return FormattableString.Invariant($"device is {Device}, expected 0 to {MostWeight}");
        if (Cloud is not (>= 0 and <= MostWeight)) return FormattableString.Invariant($"cloud is {Cloud}, expected 0 to {MostWeight}");
        if (Device == 0 && Cloud == 0) return "device and cloud are both 0: nothing would be ranked";
        if (!(Math.Abs(Listed) <= MostWeight)) return FormattableString.Invariant($"listed is {Listed}, expected within ±{MostWeight}");
        return Math.Abs(Before) <= MostWeight ? null : FormattableString.Invariant($"before is {Before}, expected within ±{MostWeight}");
    }
}
