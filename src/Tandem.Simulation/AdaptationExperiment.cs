using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Device;
using Tandem.Device.Learning;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Runs;
using Tandem.Protocol.Messages;

namespace Tandem.Simulation;

/// <summary>
/// Whether learning on the device helps: each user's history is observed, the next event's item is looked for among the device's ten
/// best, then the device learns from the history and it is looked for again.
/// </summary>
/// <param name="device">As shipped.</param>
/// <param name="dataset">Whose items the device numbers.</param>
/// <param name="excludeConsumed">True to recommend no item twice.</param>
/// <param name="cloud">Gives each device a list before it learns, made without the last two events; null for none.</param>
public sealed class AdaptationExperiment(
    DeviceModel device, SequenceDataset dataset, bool excludeConsumed, ICandidateGenerator? cloud = null)
{
    private const int Depth = 10;
    private const int Lag = 2;
    private const int Listed = 50;
    private const int MostAtOnce = 1_024;

    /// <summary>The last of each user's events: what a device that has served for a while is asked.</summary>
    /// <param name="events">By user, then position.</param>
    public static IReadOnlyList<EvaluatedEvent> LastOfEach(ReadOnlySpan<EvaluatedEvent> events) =>
        [.. events.ToArray().GroupBy(e => e.User).Select(user => user.MaxBy(e => e.Position))];

    /// <param name="events">One of each user.</param>
    /// <param name="options">How the device learns.</param>
    /// <param name="seed">Of the interval.</param>
    /// <param name="progress">Who watches.</param>
    public AdaptationFigures Run(IReadOnlyList<EvaluatedEvent> events, AdaptationOptions options, int seed, IRunProgress progress)
    {
        var turns = new (double Before, double After, AdaptationResult Learning)[events.Count];
        var lists = Lists(events, progress);
        for (var i = 0; i < turns.Length; i++)
        {
            turns[i] = Play(events[i], lists?[i], options);
            progress.Report("learning on devices", i + 1, turns.Length);
        }

        var before = turns.Select(turn => turn.Before).ToArray();
        var after = turns.Select(turn => turn.After).ToArray();
        var judged = turns.Where(turn => float.IsFinite(turn.Learning.LossAfter)).Select(turn => turn.Learning).ToArray();
        return new()
        {
            Users = turns.Length,
            NdcgBefore = before.Average(),
            NdcgAfter = after.Average(),
            Gain = PairedBootstrap.Compare(after, before, seed),
            Accepted = turns.Average(turn => turn.Learning.Accepted ? 1 : 0),
            Millis = turns.Select(turn => turn.Learning.Elapsed.TotalMilliseconds).Order().ElementAt(turns.Length / 2),
            LossBefore = judged.Select(learning => (double)learning.LossBefore).DefaultIfEmpty(double.NaN).Average(),
            LossAfter = judged.Select(learning => (double)learning.LossAfter).DefaultIfEmpty(double.NaN).Average(),
        };
    }

    /// <summary>[events] the cloud's lists, as LSC4Rec's lagging cloud makes them; null without a cloud.</summary>
    private CandidateList[]? Lists(IReadOnlyList<EvaluatedEvent> events, IRunProgress progress)
    {
        if (cloud is null) return null;
        var lists = new CandidateList[events.Count];
        var made = 0;
        foreach (var chunk in Enumerable.Range(0, lists.Length).OrderBy(i => events[i].Position).Chunk(MostAtOnce))
        {
            var some = cloud.GenerateAsync([.. chunk.Select(i => Request(events[i]))]).AsTask().GetAwaiter().GetResult();
            for (var k = 0; k < chunk.Length; k++) lists[chunk[k]] = some[k];
            progress.Report("cloud lists", made += chunk.Length, lists.Length);
        }

        return lists;
    }

    private CandidateRequest Request(EvaluatedEvent asked)
    {
        var history = dataset.Prefix(asked.User, Math.Max(0, asked.Position - Lag));
        return new()
        {
            CatalogVersion = cloud!.CatalogVersion,
            History = history.Items.ToArray(),
            Times = history.Times.IsEmpty ? null : history.Times.ToArray(),
            Values = history.Values.IsEmpty ? null : history.Values.ToArray(),
            Count = Listed,
            IncludeSeen = !excludeConsumed,
        };
    }

    private (double Before, double After, AdaptationResult Learning) Play(
        EvaluatedEvent asked, CandidateList? list, AdaptationOptions options)
    {
        var session = new DeviceSession(device, new() { ExcludeConsumed = excludeConsumed });
        var target = dataset.Sequence(asked.User)[asked.Position];
        session.Observe(dataset.Prefix(asked.User, asked.Position));
        if (list is not null && !session.TryAccept(list, out var fault)) throw new InvalidOperationException(fault);
        var before = Gain(session, target);
        var learning = session.Learn(options);
        return (before, learning.Accepted ? Gain(session, target) : before, learning);
    }

    /// <summary>NDCG of the target; 0 beyond the depth.</summary>
    private static double Gain(DeviceSession session, int item)
    {
        var place = Array.FindIndex(session.Recommend(Depth, RankingMode.Device), best => best.Item == item);
        return place < 0 ? 0 : RankingMetrics.Gain(place + 1, Depth);
    }
}
