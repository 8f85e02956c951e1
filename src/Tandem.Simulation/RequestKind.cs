namespace Tandem.Simulation;

/// <summary>Who decides on requests at a rate between 0 and 1.</summary>
public enum RequestKind
{
    /// <summary>Where a new list is expected to gain most: a line over what the device sees, fitted on validation views.</summary>
    ExpectedGain,

    /// <summary>Where cloud and device rank the list most differently (LSC4Rec).</summary>
    Consistency,

    /// <summary>By chance: what a cleverer policy of the same rate has to beat.</summary>
    Random,

    /// <summary>Every so many events that the rate is met.</summary>
    EveryEvents,
}
