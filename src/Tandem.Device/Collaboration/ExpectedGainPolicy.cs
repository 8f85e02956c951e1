using System.Globalization;
using Tandem.Protocol.Collaboration;

namespace Tandem.Device.Collaboration;

/// <summary>
/// Asks where a new list is expected to rank better by so much: a line over <see cref="RankingSignals"/>, fitted on validation events to
/// NDCG@10 of a new list less that of the present one.
/// </summary>
public sealed class ExpectedGainPolicy : IRequestPolicy, IRequestDecider
{
    private readonly GainWeights _weights;
    private readonly string _asks;
    private readonly string _keeps;

    /// <param name="weights">Belong to one device model and one cloud.</param>
    /// <exception cref="ArgumentException">They have faults; the message lists them all.</exception>
    public ExpectedGainPolicy(GainWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Validate().ToArray() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(weights));
        _weights = weights;
        _asks = string.Create(CultureInfo.InvariantCulture, $"expected gain at or above {weights.Threshold:0.#####}");
        _keeps = string.Create(CultureInfo.InvariantCulture, $"expected gain below {weights.Threshold:0.#####}");
    }

    /// <inheritdoc/>
    public double SignalScale => _weights.DeviceScale;

    /// <inheritdoc/>
    public IRequestDecider Start() => this;

    /// <inheritdoc/>
    public RequestDecision Decide(in RequestSituation situation) =>
        situation.Signals is { } signals && Gain(signals) >= _weights.Threshold ? new(true, _asks) : new(false, _keeps);

    /// <summary>What a new list is expected to gain, in NDCG@10.</summary>
    /// <param name="signals">Of the present ranking.</param>
    public double Gain(in RankingSignals signals)
    {
        Span<double> x = stackalloc double[GainWeights.Signals];
        signals.CopyTo(x);
        var gain = _weights.Intercept;
        for (var k = 0; k < x.Length; k++)
            gain += _weights.Weights[k] * Math.Clamp(x[k], -GainWeights.MostSignal, GainWeights.MostSignal);
        return gain;
    }
}
