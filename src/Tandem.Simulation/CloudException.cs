namespace Tandem.Simulation;

/// <summary>A service that a simulation needs does not answer; the message says what it said.</summary>
/// <param name="message">For people.</param>
public sealed class CloudException(string message) : Exception(message);
