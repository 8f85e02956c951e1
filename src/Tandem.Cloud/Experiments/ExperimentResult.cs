namespace Tandem.Cloud.Experiments;

/// <summary>What an experiment has shown so far, from the events and exposures that are kept.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="SampleRatio">
/// p value, from 0 to 1: how often arms would have this uneven numbers of devices by chance, were devices divided by the logged
/// propensities. Below .001 say that devices were divided or logged otherwise, and that no figure here can be trusted.
/// </param>
/// <param name="Arms">In the order in which they are defined; then those that are no longer.</param>
public sealed record ExperimentResult(string Experiment, double SampleRatio, IReadOnlyList<ArmResult> Arms);

/// <summary>An arm's figures.</summary>
/// <param name="Arm">Its name.</param>
/// <param name="Devices">That were given something while they were in it.</param>
/// <param name="Figures">All of them.</param>
public sealed record ArmResult(string Arm, int Devices, IReadOnlyList<ArmFigure> Figures);

/// <summary>A figure as it would be, were all devices in the arm.</summary>
/// <param name="Name">
/// <c>eventsPerDevice</c>, <c>valuePerDevice</c> (sum of the events' values), <c>listsPerDevice</c> (what the arm costs), or
/// <c>takenShare</c> (of the events of devices that had a list, those whose item was on the latest).
/// </param>
/// <param name="Value">Self-normalised inverse-propensity estimate.</param>
/// <param name="Low">Lower end of its 95 % interval; equal to the value where there are too few devices to tell.</param>
/// <param name="High">Upper end.</param>
/// <param name="OverFirst">The value less the first arm's; null for the first arm.</param>
public sealed record ArmFigure(string Name, double Value, double Low, double High, ArmDifference? OverFirst);

/// <summary>A difference of two arms.</summary>
/// <param name="Value">Of their figures.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end.</param>
public sealed record ArmDifference(double Value, double Low, double High);
