using Tandem.Protocol.Collaboration;

namespace Tandem.Protocol.Messages;

/// <summary>The arms of the service's experiments that a device is in, and what they ask of it.</summary>
public sealed record Assignment
{
    /// <summary>One for each experiment; empty where there is none.</summary>
    public required IReadOnlyList<ExperimentArm> Arms { get; init; }

    /// <summary>How the device is to work with the cloud; null where it works as its bundle says.</summary>
    public SessionRules? Rules { get; init; }
}

/// <summary>An arm of an experiment.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Arm">Of the experiment.</param>
public sealed record ExperimentArm(string Experiment, string Arm);
