namespace Tandem.Device.Collaboration;

/// <summary>When a device asks for a new list: settings, which any number of sessions share.</summary>
/// <remarks>
/// What a policy remembers of one user it keeps in the <see cref="IRequestDecider"/> that it starts for the session, so that no session
/// sees another's. A policy that remembers nothing may be its own decider.
/// </remarks>
public interface IRequestPolicy
{
    /// <summary>Begins one session's decisions. Called once for each session, from any thread.</summary>
    IRequestDecider Start();
}
