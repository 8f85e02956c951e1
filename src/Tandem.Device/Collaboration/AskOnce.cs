namespace Tandem.Device.Collaboration;

/// <summary>Asks where there is nothing left to rank and keeps a list for as long as there is: the floor of every request curve.</summary>
public sealed class AskOnce : IRequestPolicy, IRequestDecider
{
    /// <inheritdoc/>
    public IRequestDecider Start() => this;

    /// <inheritdoc/>
    public RequestDecision Decide(in RequestSituation situation) => new(false, "keeps its list");
}
