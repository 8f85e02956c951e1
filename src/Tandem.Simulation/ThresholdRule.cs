using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>
/// One threshold for all devices, which starts where validation views reach the rate and then follows the calls that are made: each view
/// without a call lowers it a little, each call raises it. No target is looked at. It is what a cloud does that sends a threshold with
/// its lists.
/// </summary>
/// <remarks>
/// With a fixed step η the realised rate differs from the wanted one by (θ_end − θ_start) / (η n) after n views, however the views
/// differ from those of validation.
/// </remarks>
public sealed class ThresholdRule : CallRule
{
    private const double StepsAcross = 25;  // calls that carry the threshold from the tenth to the ninetieth percentile
    private const double FarOut = 0.1;

    private readonly Func<double, IRequestPolicy> _policyAt;
    private readonly double _rate;
    private readonly double _step;
    private double _threshold;

    /// <param name="policyAt">Asks where its score reaches the threshold.</param>
    /// <param name="scores">Of validation views.</param>
    /// <param name="rate">Share of views that may ask, between 0 and 1.</param>
    public ThresholdRule(Func<double, IRequestPolicy> policyAt, IReadOnlyList<double> scores, double rate)
    {
        double[] falling = [.. scores.OrderDescending()];
        (_policyAt, _rate) = (policyAt, rate);
        _threshold = Start = At(falling, rate);
        _step = (At(falling, FarOut) - At(falling, 1 - FarOut)) / StepsAcross;
        if (falling[0] == falling[^1]) _threshold = Math.BitIncrement(falling[0]); // no view is worth more than another: none asks
    }

    /// <summary>The threshold on validation views.</summary>
    public double Start { get; }

    /// <inheritdoc/>
    public override IRequestPolicy PolicyOf(int user) => _policyAt(_threshold);

    /// <inheritdoc/>
    public override void Record(Turn turn) => _threshold += _step * (turn.Calls - _rate * turn.Views);

    private static double At(double[] falling, double share) =>
        falling[Math.Clamp((int)Math.Ceiling(share * falling.Length) - 1, 0, falling.Length - 1)];
}
