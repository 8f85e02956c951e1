using System.Globalization;

namespace Tandem.Device.Collaboration;

/// <summary>
/// LSC4Rec's collaborative-decision request (arXiv 2501.05647): ask where cloud and device rank the list too differently.
/// </summary>
/// <remarks>
/// The published program computes the disagreement over batches of 16 users and lets the count of invalid beams dominate it. Here
/// it is one user's normalised footrule, and the threshold is a quantile on validation users, never on test users.
/// </remarks>
/// <param name="threshold">Least inconsistency that asks, from 0; above 1 none does.</param>
/// <exception cref="ArgumentOutOfRangeException">It is negative or NaN.</exception>
public sealed class ConsistencyPolicy(double threshold) : IRequestPolicy, IRequestDecider
{
    private readonly double _threshold = threshold >= 0
        ? threshold
        : throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "an inconsistency runs from 0 to 1");

    private readonly string _asks = string.Create(CultureInfo.InvariantCulture, $"inconsistency at or above {threshold:0.###}");
    private readonly string _keeps = string.Create(CultureInfo.InvariantCulture, $"inconsistency below {threshold:0.###}");

    /// <inheritdoc/>
    public IRequestDecider Start() => this;

    /// <inheritdoc/>
    public RequestDecision Decide(in RequestSituation situation) =>
        situation.Inconsistency >= _threshold ? new(true, _asks) : new(false, _keeps);
}
