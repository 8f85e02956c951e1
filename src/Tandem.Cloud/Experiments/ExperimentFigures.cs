using MathNet.Numerics.Distributions;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Experiments;

/// <summary>The figures of an experiment from what was counted.</summary>
internal static class ExperimentFigures
{
    private static readonly (string Name, Func<ArmTally.Stay, double> Y, Func<ArmTally.Stay, double> N)[] _figures =
    [
        ("eventsPerDevice", stay => stay.Events, _ => 1),
        ("valuePerDevice", stay => stay.Value, _ => 1),
        ("listsPerDevice", stay => stay.Lists, _ => 1),
        ("takenShare", stay => stay.Taken, stay => stay.EventsWithList),
    ];

    /// <param name="experiment">Its name.</param>
    /// <param name="arms">Names of its arms, the first of which is compared with; may be fewer than were counted.</param>
    /// <param name="tally">What was counted.</param>
    public static ExperimentResult Of(string experiment, IEnumerable<string> arms, ArmTally tally)
    {
        var stays = tally.Stays.ToLookup(stay => stay.Arm, StringComparer.Ordinal);
        string[] names = [.. arms.Union(stays.Select(arm => arm.Key).Order(StringComparer.Ordinal))];
        var estimates = names.Select(name => EstimatesOf(stays[name])).ToArray();
        return new(experiment, SampleRatio(stays), [.. names.Select((name, i) => Result(name, i))]);

        ArmResult Result(string name, int place) => new(
            name, stays[name].Select(stay => stay.Device).Distinct().Count(),
            [.. _figures.Select((figure, k) => FigureOf(figure.Name, estimates[place][k], place == 0 ? null : estimates[0][k]))]);
    }

    private static ArmFigure FigureOf(string name, RatioEstimate own, RatioEstimate? first)
    {
        var difference = first is { } other ? own.Less(other) : (RatioEstimate?)null;
        return new(
            name, own.Value, own.Value - own.Margin, own.Value + own.Margin,
            difference is { } d ? new(d.Value, d.Value - d.Margin, d.Value + d.Margin) : null);
    }

    private static RatioEstimate[] EstimatesOf(
        IEnumerable<(DeviceId Device, string Arm, double Propensity, ArmTally.Stay Stay)> stays)
    {
        var devices = stays.GroupBy(stay => stay.Device).ToArray();
        return
        [
            .. _figures.Select(figure => RatioEstimate.Of(
            [
                .. devices.Select(device => (
                    device.Sum(stay => figure.Y(stay.Stay) / stay.Propensity), device.Sum(stay => figure.N(stay.Stay) / stay.Propensity))),
            ])),
        ];
    }

    /// <summary>
    /// Every arm's Σ 1 / propensity should be the number of all stays. The least p value of the arms' two-sided tests, times their number
    /// (Bonferroni).
    /// </summary>
    private static double SampleRatio(ILookup<string, (DeviceId Device, string Arm, double Propensity, ArmTally.Stay Stay)> stays)
    {
        var all = stays.Sum(arm => arm.Count());
        var least = 1.0;
        foreach (var arm in stays)
        {
            var variance = arm.Sum(stay => (1 - stay.Propensity) / (stay.Propensity * stay.Propensity));
            if (variance == 0) continue;
            var z = (arm.Sum(stay => 1 / stay.Propensity) - all) / Math.Sqrt(variance);
            least = Math.Min(least, 2 * Normal.CDF(0, 1, -Math.Abs(z)) * stays.Count);
        }

        return least;
    }
}
