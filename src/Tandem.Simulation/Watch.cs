namespace Tandem.Simulation;

/// <summary>What a replay keeps of each measured ranking beside its best items.</summary>
/// <param name="Candidates">True for all candidates, each with the cloud's and the device's score.</param>
/// <param name="SignalScale">β of the signals; 0 for 1.</param>
public readonly record struct Watch(bool Candidates, double SignalScale);
