namespace Tandem.Device.Collaboration;

/// <summary>Keeps the first list for good: the floor of every request curve.</summary>
public sealed class NeverAsk : IRequestPolicy
{
    /// <inheritdoc/>
    public RequestDecision Decide(in RequestSituation situation) => new(false, "never asks");
}
