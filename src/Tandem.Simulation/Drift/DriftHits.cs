using Tandem.Data;
using Tandem.Learning;
using Tandem.Learning.Training;

namespace Tandem.Simulation.Drift;

/// <summary>Whether each event around the switch was among a model's ten best.</summary>
/// <param name="Before">[users][events] 1 for a hit, 0 for none: the last events before the switch, oldest first.</param>
/// <param name="After">
/// [users][events] the same from the first event of the new taste on. The n-th was asked when n of it were known, from 0.
/// </param>
public sealed record DriftHits(double[][] Before, double[][] After)
{
    private const int Depth = 10;

    /// <summary>Asks a model.</summary>
    /// <param name="model">Trained.</param>
    /// <param name="histories">[users][events] of the asked.</param>
    /// <param name="maskSeen">True to leave items of the history out.</param>
    /// <param name="options">Where the switch is.</param>
    /// <param name="report">Receives how many events are ranked.</param>
    public static DriftHits Ask(IItemScorer model, int[][] histories, bool maskSeen, DriftOptions options, Action<int, int>? report = null)
    {
        var (first, events) = (options.SwitchAt - options.Baseline, options.Baseline + options.Horizon);
        var cases = new RankedCases(
            histories.Length * events,
            i => new History(histories[i / events].AsMemory(0, first + i % events), default),
            i => histories[i / events][first + i % events]);
        var ranks = FullRanking.Ranks(model, cases, maskSeen, done => report?.Invoke(done, cases.Count));
        var hits = ranks.Select(rank => rank <= Depth ? 1.0 : 0).Chunk(events).ToArray();
        return new([.. hits.Select(user => user[..options.Baseline])], [.. hits.Select(user => user[options.Baseline..])]);
    }

    /// <summary>
    /// What is above a share of other hits after the switch, event by event, and 0 before it: recovered where it stays at 0 or above.
    /// </summary>
    /// <param name="other">Of the same users.</param>
    /// <param name="share">From 0 to 1.</param>
    public DriftHits Above(DriftHits other, double share) => new(
        [.. Before.Select(user => new double[user.Length])],
        [.. After.Zip(other.After, (own, its) => own.Zip(its, (a, b) => a - share * b).ToArray())]);
}
