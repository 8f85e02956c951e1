namespace Tandem.Device.Collaboration;

/// <summary>Never asks, not even for a first list: a device that works alone, or with the lists that it is handed.</summary>
public sealed class NeverAsk : IRequestPolicy, IRequestDecider
{
    /// <inheritdoc/>
    public bool DecidesWithoutList => true;

    /// <inheritdoc/>
    public IRequestDecider Start() => this;

    /// <inheritdoc/>
    public RequestDecision Decide(in RequestSituation situation) => new(false, "never asks");
}
