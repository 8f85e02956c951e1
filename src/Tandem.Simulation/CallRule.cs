using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>Who decides on the calls of a whole fleet of devices: a policy for each user, and what is learned from the turns.</summary>
public abstract class CallRule
{
    /// <summary>A user's policy.</summary>
    public abstract IRequestPolicy PolicyOf(int user);

    /// <summary>Told of every turn, in the order in which users are played. Does nothing unless overridden.</summary>
    public virtual void Record(Turn turn)
    {
    }

    /// <summary>One policy for all users.</summary>
    public static CallRule Of(IRequestPolicy policy) => new PerUser(_ => policy);

    /// <summary>A policy for each user.</summary>
    public static CallRule Of(Func<int, IRequestPolicy> policyOf) => new PerUser(policyOf);

    private sealed class PerUser(Func<int, IRequestPolicy> policyOf) : CallRule
    {
        public override IRequestPolicy PolicyOf(int user) => policyOf(user);
    }
}
