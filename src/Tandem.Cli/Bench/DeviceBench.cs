using System.Diagnostics;
using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Device;
using Tandem.Device.Collaboration;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Successors;
using Tandem.Learning.Training;
using Tandem.Protocol.Collaboration;
using Tandem.Protocol.Items;
using Tandem.Protocol.Messages;
using Tandem.Simulation;

namespace Tandem.Cli.Bench;

/// <summary>What a click costs on the device, and what int8 rows lose.</summary>
/// <param name="dataset">Whose catalogue the model ranks.</param>
/// <param name="model">Trained on it.</param>
/// <param name="folder">Receives bundles.</param>
/// <param name="successors">The run's own counts; null to count on the data set.</param>
/// <param name="contents">What items are like, where it joins the run's scores; empty for none.</param>
internal sealed class DeviceBench(
    SequenceDataset dataset, SequenceModel model, string folder, CountedSuccessors? successors, IReadOnlyList<JoinedContent> contents)
{
    /// <summary>Items of the cloud's list.</summary>
    private const int Candidates = 200;

    private const int Best = 10;
    private const int WarmUp = 5_000;
    private const int Clicks = 20_000;
    private const int FewSteps = 100;
    private const int MostSteps = 1_100;

    /// <summary>Items that events are drawn from where counts are measured: those of the longest rows.</summary>
    private const int LongRows = 1_000;

    /// <summary>A join for runs without counts of their own; the time does not depend on its numbers.</summary>
    private static readonly SuccessorJoin _plainJoin = new() { Recent = 20, RecencyDecay = 0.5, Shares = false, Weight = 14, Offset = 3 };

    /// <summary>Rules as fitted on Beauty; the time does not depend on their numbers.</summary>
    private static readonly DeviceSessionOptions _loop = new()
    {
        OwnCandidates = 50,
        Fusion = new LearnedFusion(
        [
            new() { Age = 0, Device = 0.02, Cloud = 0.8, Listed = 1, Before = 0.02 },
            new() { Age = 2, Device = 0.17, Cloud = 0.3, Listed = 0.1, Before = -0.03 },
        ]),
        Policy = new ExpectedGainPolicy(new()
        {
            Intercept = 0.01,
            Weights = [.. Enumerable.Repeat(-0.01, GainWeights.Signals)],
            DeviceScale = 0.17,
            Threshold = 10,
        }),
    };

    private readonly Lazy<CountedSuccessors> _successors = new(() => successors ?? new(Count(dataset), _plainJoin));

    /// <summary>Microseconds of an event and a ranking of a list of 200 after it, one figure a click, and bytes allocated in all.</summary>
    public (double[] Micros, long AllocatedBytes) MeasureClicks(ItemStorage storage)
    {
        using var session = new DeviceSession(Open(storage), new());
        return MeasureList(session, Events());
    }

    /// <summary>Microseconds of a click as <see cref="MeasureClicks"/>'s, of two threads that click on one session without pause.</summary>
    public double[] MeasureTwoThreads()
    {
        using var session = new DeviceSession(Open(ItemStorage.Full), new());
        if (!session.TryAccept(List(), out var fault)) throw new InvalidOperationException(fault);
        var (events, micros, begin) = (Events(), new double[2][], new Barrier(2));
        var threads = Enumerable.Range(0, 2).Select(place => new Thread(() =>
        {
            begin.SignalAndWait();
            micros[place] = Measure(session, RankingMode.Fused, events).Micros;
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return [.. micros[0], .. micros[1]];
    }

    /// <summary>Microseconds of an event and the ten best of the whole catalogue after it.</summary>
    public double[] MeasureTable(ItemStorage storage)
    {
        using var session = new DeviceSession(Open(storage), new());
        return Measure(session, RankingMode.Device, Events()).Micros;
    }

    /// <summary>As <see cref="MeasureClicks"/>, with counts of successors and events that have many.</summary>
    public (double[] Micros, long AllocatedBytes) MeasureSuccessorClicks(ItemStorage storage)
    {
        using var session = new DeviceSession(Open(storage, _successors.Value), new());
        return MeasureList(session, LongRowEvents());
    }

    /// <summary>As <see cref="MeasureTable"/>, with counts of successors and events that have many.</summary>
    public double[] MeasureSuccessorTable(ItemStorage storage)
    {
        using var session = new DeviceSession(Open(storage, _successors.Value), new());
        return Measure(session, RankingMode.Device, LongRowEvents()).Micros;
    }

    /// <summary>True where contents join the run's scores.</summary>
    public bool HasContents => contents.Count > 0;

    /// <summary>As <see cref="MeasureSuccessorClicks"/>, with contents beside the counts.</summary>
    public (double[] Micros, long AllocatedBytes) MeasureJoinedClicks(ItemStorage storage)
    {
        using var session = new DeviceSession(Open(storage, _successors.Value, contents), new());
        return MeasureList(session, LongRowEvents());
    }

    /// <summary>As <see cref="MeasureSuccessorTable"/>, with contents beside the counts.</summary>
    public double[] MeasureJoinedTable(ItemStorage storage)
    {
        using var session = new DeviceSession(Open(storage, _successors.Value, contents), new());
        return Measure(session, RankingMode.Device, LongRowEvents()).Micros;
    }

    /// <summary>
    /// Microseconds of an event, the ten best of a list of 200 and the device's own 50 joined by learned weights, and the decision
    /// whether to ask.
    /// </summary>
    /// <param name="counted">True with counts of successors and events that have many.</param>
    public (double[] Micros, long AllocatedBytes) MeasureLoop(bool counted)
    {
        using var session = new DeviceSession(Open(ItemStorage.Quantised, counted ? _successors.Value : null), _loop);
        return session.TryAccept(List(), out var fault)
            ? Measure(session, RankingMode.Fused, counted ? LongRowEvents() : Events(), decides: true)
            : throw new InvalidOperationException(fault);
    }

    /// <summary>The same of a device without a table that holds the rows of 250 items, all of which are candidates.</summary>
    public double[] MeasureSliceLoop()
    {
        using var session = new DeviceSession(Open(ItemStorage.None), _loop);
        int[] held = [.. Enumerable.Range(1, Candidates + _loop.OwnCandidates!.Value)];
        var shipped = session.Model;
        var slice = ItemSlice.FromTable(shipped.CatalogVersion, shipped.Version, held, model.TableValues(), shipped.Shape.Width);
        if (!session.TryAccept(List() with { Slice = slice.ToBytes() }, out var fault)) throw new InvalidOperationException(fault);
        return Measure(session, RankingMode.Fused, i => held[Candidates + i % (held.Length - Candidates)], decides: true).Micros;
    }

    /// <summary>Microseconds of a step on the adapter: a full window of events, 31 random items beside each.</summary>
    public double MeasureLearningStep()
    {
        using var session = new DeviceSession(Open(ItemStorage.Full), new());
        var events = Events();
        for (var i = 0; i < 100; i++) session.Observe(events(i));
        foreach (var steps in new[] { MostSteps, FewSteps }) Learn(steps); // warm
        return (Learn(MostSteps) - Learn(FewSteps)) / (MostSteps - FewSteps);

        double Learn(int steps)
        {
            session.Unlearn();
            return session.Learn(new() { Steps = steps, MostMillis = 10_000 }).Elapsed.TotalMicroseconds;
        }
    }

    /// <summary>NDCG@10 of the leave-one-out test, ranked by the device runtime.</summary>
    public double Ndcg(ItemStorage storage)
    {
        var split = new LeaveOneOut(dataset);
        var ranks = FullRanking.Ranks(new DeviceScorer(Open(storage)), RankedCases.Of(dataset, split.Test.ToArray()), maskSeen: true);
        return ranks.Average(rank => RankingMetrics.Gain(rank, Best));
    }

    private (double[] Micros, long AllocatedBytes) MeasureList(DeviceSession session, Func<int, int> events) =>
        session.TryAccept(List(), out var fault) ? Measure(session, RankingMode.Fused, events) : throw new InvalidOperationException(fault);

    private static (double[] Micros, long AllocatedBytes) Measure(
        DeviceSession session, RankingMode mode, Func<int, int> events, bool decides = false)
    {
        var (best, micros) = (new Recommendation[Best], new double[Clicks]);
        for (var i = 0; i < WarmUp; i++) Click(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Clicks; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Click(WarmUp + i);
            micros[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return (micros, GC.GetAllocatedBytesForCurrentThread() - before);

        void Click(int i)
        {
            session.Observe(events(i));
            session.Recommend(best.AsSpan(), mode);
            if (decides) session.Decide();
        }
    }

    /// <summary>Random items above those of the list, so that the list stays whole.</summary>
    private static Func<int, int> Events()
    {
        var random = NamedSeed.Create(1, "bench events");
        var items = new int[4_096];
        for (var i = 0; i < items.Length; i++) items[i] = random.Next(Candidates + 1, 2_000);
        return i => items[i % items.Length];
    }

    /// <summary>Random ones of the items above those of the list that have most successors.</summary>
    private Func<int, int> LongRowEvents()
    {
        var table = _successors.Value.Table;
        int[] longest =
        [
            .. Enumerable.Range(Candidates + 1, table.Items - Candidates)
                .OrderByDescending(table.RowLength).ThenBy(item => item).Take(LongRows),
        ];
        var random = NamedSeed.Create(1, "bench successors");
        var items = new int[4_096];
        for (var i = 0; i < items.Length; i++) items[i] = longest[random.Next(longest.Length)];
        return i => items[i % items.Length];
    }

    /// <summary>On what <c>loo</c> trains on.</summary>
    private static SuccessorTable Count(SequenceDataset dataset)
    {
        var split = new LeaveOneOut(dataset);
        return SuccessorCounting.Count(new() { Enabled = true }, dataset.Prefixes(split.TrainLength));
    }

    private CandidateList List() => new()
    {
        CatalogVersion = dataset.Catalog.Version,
        ModelVersion = "bench",
        HistoryLength = 0,
        Items = [.. Enumerable.Range(1, Candidates)],
        Scores = [.. Enumerable.Range(1, Candidates).Select(place => -place / 10f)],
    };

    private DeviceModel Open(ItemStorage storage, CountedSuccessors? counts = null, IReadOnlyList<JoinedContent>? joined = null)
    {
        var bundle = Path.Combine(folder, $"{storage}{(counts is null ? "" : "-successors")}{(joined is null ? "" : "-contents")}");
        if (!Directory.Exists(bundle))
        {
            var options = DeviceBundleOptions.For(dataset) with { Items = storage, Successors = counts, Contents = joined ?? [] };
            DeviceBundle.Write(model, bundle, options);
        }

        return DeviceModel.Open(bundle);
    }
}
