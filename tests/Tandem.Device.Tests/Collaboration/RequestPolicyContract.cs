using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

/// <summary>What every <see cref="IRequestPolicy"/> promises.</summary>
public abstract class RequestPolicyContract
{
    internal static readonly RequestSituation[] Situations =
    [
        .. from inconsistency in new[] { 0, 0.25, 0.5, 0.75, 1 }
           from age in new[] { 0, 1, 5, 1000 }
           select new RequestSituation(inconsistency, age),
    ];

    internal abstract IRequestPolicy Create();

    [Fact]
    public void Every_decision_has_a_reason()
    {
        var policy = Create();
        Assert.All(Situations, s => Assert.False(string.IsNullOrWhiteSpace(policy.Decide(s).Reason)));
    }

    [Fact]
    public void Two_policies_made_alike_decide_alike()
    {
        var (first, second) = (Create(), Create());
        Assert.All(Situations, s => Assert.Equal(first.Decide(s), second.Decide(s)));
    }

    [Fact]
    public void A_decision_allocates_nothing()
    {
        var policy = Create();
        policy.Decide(Situations[0]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Situations.Length; i++) policy.Decide(in Situations[i]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
