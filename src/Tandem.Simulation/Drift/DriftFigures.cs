using Tandem.Data.Metrics;

namespace Tandem.Simulation.Drift;

/// <summary>How a model came through a switch of taste.</summary>
public sealed record DriftFigures
{
    /// <summary>As on the command line.</summary>
    public required string Model { get; init; }

    /// <summary>Epochs that the kept weights were trained for.</summary>
    public required int Epochs { get; init; }

    /// <summary>Mean HR@10 of the last events before the switch.</summary>
    public required double HitRateBefore { get; init; }

    /// <summary>[horizon] HR@10 of each event after the switch: the n-th knows n events of the new taste, from 0.</summary>
    public required IReadOnlyList<double> Curve { get; init; }

    /// <summary>[horizon] lower ends of the curve's 95 % intervals over users.</summary>
    public required IReadOnlyList<double> CurveLower { get; init; }

    /// <summary>[horizon] upper ends of the curve's 95 % intervals over users.</summary>
    public required IReadOnlyList<double> CurveUpper { get; init; }

    /// <summary>
    /// Events of the new taste until HR@10 is back at the share of its own before the switch; null where it is not within the horizon.
    /// </summary>
    public required int? EventsToRecover { get; init; }

    /// <summary>[2] its 95 % interval over users, null for an end beyond the horizon.</summary>
    public required IReadOnlyList<int?> Interval { get; init; }

    /// <summary>Events until HR@10 is at the share of the best model's before the switch: one bar for all.</summary>
    public required int? EventsToCommonBar { get; init; }

    /// <summary>[horizon] HR@10 at the same places of users who do not switch.</summary>
    public required IReadOnlyList<double> CurveUnswitched { get; init; }

    /// <summary>
    /// Events of the new taste until HR@10 is at the share of that of users who do not switch; null where it is not within the horizon.
    /// Where later events are harder to predict in any case, this and not <see cref="EventsToRecover"/> tells what the switch cost.
    /// </summary>
    public required int? EventsToUnswitched { get; init; }

    /// <summary>[2] its 95 % interval over users, null for an end beyond the horizon.</summary>
    public required IReadOnlyList<int?> UnswitchedInterval { get; init; }

    /// <summary>Mean HR@10 of the first events after the switch.</summary>
    public required double HitRateAfter { get; init; }

    /// <summary>That of ttt minus this model's, paired by user.</summary>
    public required PairedDifference TttAhead { get; init; }
}
