using System.Globalization;

namespace Tandem.Device.Collaboration;

/// <summary>Asks with a fixed chance: what a cleverer policy of the same rate has to beat.</summary>
/// <remarks>
/// The first session that it starts draws from the seed itself, so a policy for each user with a seed for each user makes no user depend on
/// another. Sessions that share one policy draw apart, by the order in which they are opened.
/// </remarks>
/// <param name="rate">Share of decisions that ask, in [0, 1].</param>
/// <param name="seed">Of the draws, from a named seed.</param>
/// <exception cref="ArgumentOutOfRangeException">The rate is no share.</exception>
public sealed class RandomAsk(double rate, int seed) : IRequestPolicy
{
    private const int Stride = unchecked((int)0x9E3779B9); // odd, so that no two of 2³² sessions get one seed

    private readonly double _rate = Share.Checked(rate, nameof(rate));
    private readonly string _reason = string.Create(CultureInfo.InvariantCulture, $"asks at random, rate {rate}");
    private int _started = -1;

    /// <inheritdoc/>
    public IRequestDecider Start() => new Decider(_rate, _reason, new(unchecked(seed + Interlocked.Increment(ref _started) * Stride)));

    private sealed class Decider(double rate, string reason, Random random) : IRequestDecider
    {
        public RequestDecision Decide(in RequestSituation situation) => new(random.NextDouble() < rate, reason);
    }
}
