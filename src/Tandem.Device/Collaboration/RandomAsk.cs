using System.Globalization;

namespace Tandem.Device.Collaboration;

/// <summary>Asks with a fixed chance: what a cleverer policy of the same rate has to beat.</summary>
/// <param name="rate">Share of decisions that ask, in [0, 1].</param>
/// <param name="random">From a named seed.</param>
/// <exception cref="ArgumentException">The rate is no share, or the generator is null.</exception>
public sealed class RandomAsk(double rate, Random random) : IRequestPolicy
{
    private readonly Random _random = random ?? throw new ArgumentNullException(nameof(random));
    private readonly double _rate = Share.Checked(rate, nameof(rate));
    private readonly string _reason = string.Create(CultureInfo.InvariantCulture, $"asks at random, rate {rate}");

    /// <inheritdoc/>
    public RequestDecision Decide(in RequestSituation situation) => new(_random.NextDouble() < _rate, _reason);
}
