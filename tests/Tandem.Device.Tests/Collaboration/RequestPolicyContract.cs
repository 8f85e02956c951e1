using Tandem.Device.Collaboration;
using Tandem.Tests;

namespace Tandem.Device.Tests.Collaboration;

/// <summary>What every <see cref="IRequestPolicy"/> promises.</summary>
public abstract class RequestPolicyContract
{
    internal static readonly RequestSituation[] Situations =
    [
        .. from inconsistency in new[] { 0, 0.25, 0.5, 0.75, 1 }
           from age in new[] { 0, 1, 5, 1000 }
           select new RequestSituation
           {
               Inconsistency = inconsistency,
               ListAge = age,
               ItemsLeft = 50,
               Events = 1000,
               EventsSinceCall = age,
               Calls = 1,
               SecondsSinceCall = 30.0 * age,
               Time = 1_700_000_000,
           },
    ];

    private static readonly RequestOutcome[] _outcomes =
    [
        new() { Asked = true, HasNewList = true, Reason = "asks", Elapsed = TimeSpan.FromMilliseconds(20) },
        new() { Asked = true, Reason = "asks; no list", Fault = Protocol.Messages.CloudFault.NotOffered("candidates") },
        new() { Asked = true, Reason = "asks; cancelled" },
    ];

    internal abstract IRequestPolicy Create();

    [Fact]
    public void Every_decision_has_a_reason()
    {
        var decider = Create().Start();
        Assert.All(Situations, s => Assert.False(string.IsNullOrWhiteSpace(decider.Decide(s).Reason)));
    }

    [Fact]
    public void Two_policies_made_alike_decide_alike() => Assert.Equal(Decide(Create().Start()), Decide(Create().Start()));

    [Fact]
    public void A_session_does_not_change_what_another_of_the_same_policy_decides()
    {
        var (alone, beside) = (Create(), Create());
        var (first, second) = (alone.Start(), alone.Start());
        var expected = (Decide(first), Decide(second));
        (first, second) = (beside.Start(), beside.Start());
        // In turns: whatever one of them remembers is not the other's.
        var together = Situations.Select((s, i) => (First: Step(first, s, i), Second: Step(second, s, i))).ToArray();
        Assert.Equal(expected.Item1, together.Select(t => t.First));
        Assert.Equal(expected.Item2, together.Select(t => t.Second));
    }

    [Fact]
    public void A_decision_allocates_nothing()
    {
        var decider = Create().Start();
        Allocation.AssertNone(() =>
        {
            for (var i = 0; i < Situations.Length; i++)
            {
                decider.Decide(in Situations[i]);
                decider.Record(in _outcomes[i % _outcomes.Length]);
            }
        });
    }

    private static RequestDecision[] Decide(IRequestDecider decider) => [.. Situations.Select((s, i) => Step(decider, s, i))];

    private static RequestDecision Step(IRequestDecider decider, RequestSituation situation, int number)
    {
        var decision = decider.Decide(situation);
        if (decision.Ask) decider.Record(_outcomes[number % _outcomes.Length]);
        return decision;
    }
}
