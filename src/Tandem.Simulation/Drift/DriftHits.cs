using Tandem.Data;
using Tandem.Learning;
using Tandem.Learning.Training;

namespace Tandem.Simulation.Drift;

/// <summary>Whether each event around the switch was among a model's ten best.</summary>
/// <param name="Before">[users][events] 1 for a hit, 0 for none: the last events before the switch, oldest first.</param>
/// <param name="After">[users][events] the same from the first event of the new taste on. The n-th was asked when n of it were known, from 0.</param>
public sealed record DriftHits(double[][] Before, double[][] After)
{
    private const int Depth = 10;

    /// <summary>Asks a model.</summary>
    /// <param name="model">Trained.</param>
    /// <param name="study">Whom about.</param>
    /// <param name="options">Where the switch is.</param>
    /// <param name="report">Hears how many events are ranked.</param>
    public static DriftHits Ask(IItemScorer model, DriftStudy study, DriftOptions options, Action<int, int>? report = null)
    {
        var (first, events) = (options.SwitchAt - options.Baseline, options.Baseline + options.Horizon);
        var cases = new RankedCases(
            study.Histories.Length * events,
            i => new History(study.Histories[i / events].AsMemory(0, first + i % events), default),
            i => study.Histories[i / events][first + i % events]);
        var ranks = FullRanking.Ranks(model, cases, study.MaskSeen, done => report?.Invoke(done, cases.Count));
        var hits = ranks.Select(rank => rank <= Depth ? 1.0 : 0).Chunk(events).ToArray();
        return new([.. hits.Select(user => user[..options.Baseline])], [.. hits.Select(user => user[options.Baseline..])]);
    }
}
