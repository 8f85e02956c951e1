using Tandem.Device.Collaboration;
using Tandem.Protocol.Collaboration;
using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>Rules by which a <see cref="DeviceSession"/> works.</summary>
public sealed record DeviceSessionOptions
{
    private const int MostHistory = 1_000_000;
    private const int MostRows = 1 << 24;

    /// <summary>
    /// How cloud and device scores are joined. Null, the default, for the rule that the bundle brings, or without one log-linear with equal
    /// shares.
    /// </summary>
    public IFusionRule? Fusion { get; init; }

    /// <summary>
    /// M: the device's own best items that are ranked with the list's, 0 to 1,000. Null, the default, for as many as the bundle says, or
    /// without its word none.
    /// </summary>
    public int? OwnCandidates { get; init; }

    /// <summary>
    /// When to ask for a new list. Null, the default, for the rule that the bundle brings, or without one where there is nothing left to
    /// rank, and then only (<see cref="AskOnce"/>); <see cref="NeverAsk"/> does not even do that. Each session starts a decider of its
    /// own, so options may serve any number of them.
    /// </summary>
    public IRequestPolicy? Policy { get; init; }

    /// <summary>K, items on a requested list, 1 to 10,000. Default 50 (LSC4Rec's program).</summary>
    public int ListLength { get; init; } = 50;

    /// <summary>True to leave out items already consumed. Default true; false where people return to items.</summary>
    public bool ExcludeConsumed { get; init; } = true;

    /// <summary>
    /// Most events that are kept, 1 to 1,000,000, at 15 bytes each; the model's window, or the number of events that its counts of
    /// successors read, where that is greater. Default 1,000. Of older events only the set of items is kept, and their effect on the state
    /// of a model that is never reset (TTT).
    /// </summary>
    public int HistoryLimit { get; init; } = 1_000;

    /// <summary>
    /// Rows of items kept where the model holds no table, 1 to 16,777,216, at D + 36 bytes each. Default 4,096. A list with more items than
    /// that is refused.
    /// </summary>
    public int ItemLimit { get; init; } = 4_096;

    /// <summary>
    /// Least correlation, −1 to 1, of the scores that a packet's weights give with those of the shipped ones, over up to 256 items spread
    /// over the catalogue, or over the rows that came with lists, on the user's own events. A packet below is refused: it ranks for another
    /// user, or for none. Default −1: off, for how far personal weights may rightly go is the generator's to say.
    /// </summary>
    public double ParameterCanary { get; init; } = -1;

    /// <summary>
    /// Tells the time of an event that is observed without one, how long ago the cloud was called, and whether a packet is still valid.
    /// Default: the system's.
    /// </summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>These settings with what rules say in the place of the bundle's.</summary>
    /// <param name="rules">Such as the cloud's for an arm of an experiment (<see cref="ICloud.GetAssignmentAsync"/>).</param>
    /// <param name="seed">Of the draws of a rule that asks at random; a number of the user's own.</param>
    /// <exception cref="ArgumentException">The rules have faults; the message lists them all.</exception>
    public DeviceSessionOptions With(SessionRules rules, int seed)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (rules.Validate() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(rules));
        return this with
        {
            Policy = (rules.Request is { } request ? PolicyOf(request, seed) : null)
                ?? (rules.Collaboration?.Request is { } gain ? new ExpectedGainPolicy(gain) : Policy),
            Fusion = (rules.Fusion is { } fusion ? FusionOf(fusion) : null)
                ?? (rules.Collaboration is { } fitted ? new LearnedFusion(fitted.Fusion) : Fusion),
            OwnCandidates = rules.Collaboration?.OwnCandidates ?? OwnCandidates,
        };
    }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (OwnCandidates is < 0 or > CollaborationRules.MostOwn)
            yield return $"own candidates {OwnCandidates}; 0 to {CollaborationRules.MostOwn} are expected";
        if (!(Math.Abs(ParameterCanary) <= 1)) yield return $"parameter canary {ParameterCanary}; -1 to 1 are expected";
        if (Time is null) yield return "time is null; leave it out for the system's";
        if (ListLength is < 1 or > CandidateList.MostItems)
            yield return $"list length {ListLength}; 1 to {CandidateList.MostItems} are expected";
        if (HistoryLimit is < 1 or > MostHistory) yield return $"history limit {HistoryLimit}; 1 to {MostHistory} events are expected";
        if (ItemLimit is < 1 or > MostRows) yield return $"item limit {ItemLimit}; 1 to {MostRows} rows are expected";
    }

    private static IRequestPolicy? PolicyOf(RequestRule rule, int seed) => rule.Kind switch
    {
        RequestRuleKind.Never => new NeverAsk(),
        RequestRuleKind.Once => new AskOnce(),
        RequestRuleKind.Always => new AlwaysAsk(),
        RequestRuleKind.EveryEvents => new EveryEvents((int)rule.Value),
        RequestRuleKind.Random => new RandomAsk(rule.Value, seed),
        RequestRuleKind.Consistency => new ConsistencyPolicy(rule.Value),
        _ => null,
    };

    private static IFusionRule FusionOf(FusionRule rule) =>
        rule.Kind == FusionRuleKind.MinMax ? new MinMaxFusion(rule.CloudShare) : new LogLinearFusion(rule.CloudShare);
}
