using Tandem.Data;
using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>Who decides at which rate: every policy that a simulation replays.</summary>
/// <param name="options">Of the simulation.</param>
/// <param name="rules">Fitted.</param>
/// <param name="batches">Of validation and test where requests are decided on by batches; null for by view.</param>
internal sealed class RequestPlan(
    SimulationOptions options, LoopRules rules, (BatchRequests Validation, BatchRequests Test)? batches = null)
{
    /// <summary>The policies of a rate, the first of which every mode is ranked under.</summary>
    public IEnumerable<(string Name, Func<CallRule> Begin)> At(double rate)
    {
        if (rate == 0)
        {
            yield return ("never", () => CallRule.Of(new AskOnce()));
            yield break;
        }

        if (rate == 1)
        {
            yield return ("always", () => CallRule.Of(new AlwaysAsk()));
            yield break;
        }

        foreach (var kind in options.Policies)
            if (Rule(kind, rate) is { } rule) yield return (RowNames.Of(kind), rule);
    }

    /// <summary>Null where nothing was fitted that the policy could go by.</summary>
    private Func<CallRule>? Rule(RequestKind kind, double rate) => batches is { } both ? kind switch
    {
        RequestKind.Consistency => () => both.Test.ByDisagreement(both.Validation.Threshold(rate), rate),
        RequestKind.Random => () => both.Test.AtRandom(rate, options.Seed),
        _ => null,
    }
    : kind switch
    {
        RequestKind.Random => () => CallRule.Of(user => new RandomAsk(rate, Seed(rate, user))),
        RequestKind.EveryEvents => () => CallRule.Of(new EveryEvents((int)Math.Max(1, Math.Round(1 / rate)))),
        RequestKind.Consistency when rules.Inconsistencies.Count > 0 => () => new ThresholdRule(
            threshold => new ConsistencyPolicy(Math.Max(0, threshold)), rules.Inconsistencies, rate),
        RequestKind.ExpectedGain when rules.Shipped?.Request is { } request => () => new ThresholdRule(
            threshold => new ExpectedGainPolicy(request with { Threshold = threshold }), rules.ExpectedGains, rate),
        _ => null,
    };

    private int Seed(double rate, int user) =>
        (int)(NamedSeed.Derive(options.Seed, "random requests", (int)(rate * 1000), user) & int.MaxValue);
}
