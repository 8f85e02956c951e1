namespace Tandem.Device.Collaboration;

/// <summary>A new list at every decision: the most that requests can buy.</summary>
public sealed class AlwaysAsk : IRequestPolicy, IRequestDecider
{
    /// <inheritdoc/>
    public IRequestDecider Start() => this;

    /// <inheritdoc/>
    public RequestDecision Decide(in RequestSituation situation) => new(true, "always asks");
}
