namespace Tandem.Simulation;

/// <summary>Whose windows, fusion and requests a simulation plays.</summary>
public enum SimulationMode
{
    /// <summary>This library's: no stage learns what another is measured on, rules are fitted on validation views.</summary>
    Clean,

    /// <summary>
    /// Those of LSC4Rec's published program (arXiv 2501.05647), for comparison: a cloud that writes item numbers in pairs of digits and
    /// learns s[:-3-d] of users with d + 5 events or more, five fusions by rank over the list alone, requests by batches of 16 users, seen
    /// items ranked. Thresholds are quantiles of validation batches, where the program takes those of the test.
    /// </summary>
    Paper,
}
