using System.Diagnostics;
using Tandem.Device;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Protocol.Messages;

namespace Tandem.Cli.Bench;

/// <summary>
/// What a block of TTT costs on the device, and what training costs beside SASRec. Weights are random: they are of no matter to the time.
/// A block is the difference between a model of two and one of one, whose last block skips what only its older outputs would need; the
/// first of two is thus a whole block with its SwiGLU over every event.
/// </summary>
/// <param name="folder">Receives bundles.</param>
internal sealed class TttBench(string folder)
{
    private const int Items = 1_000;
    private const int Window = 200;
    private const int Rounds = 40;
    private const int ClicksInRun = 20;     // a clock of 0.1 µs is too coarse for one
    private const int Epochs = 4;

    private static readonly TttOptions _options = new() { Width = 64, Heads = 4, MiniBatch = 8, Window = Window };

    private readonly Recommendation[] _best = new Recommendation[1];

    /// <summary>Microseconds of a block over a history that is taken in at once.</summary>
    public double BlockMicros(int events)
    {
        using var one = Session(blocks: 1);
        using var two = Session(blocks: 2);
        foreach (var session in new[] { one, two })
        {
            for (var i = 0; i < events; i++) session.Observe(Item(i));
        }

        return Difference(() => Whole(one), () => Whole(two), runs: 20_000 / events);

        void Whole(DeviceSession session)
        {
            session.Unlearn(); // which lets go of the state
            session.Recommend(_best.AsSpan(), RankingMode.Rerank);
        }
    }

    /// <summary>Microseconds of a block for one further event.</summary>
    public double EventMicros()
    {
        using var one = Session(blocks: 1);
        using var two = Session(blocks: 2);
        var clicks = 0;
        return Difference(() => Click(one), () => Click(two), runs: 400) / ClicksInRun;

        void Click(DeviceSession session)
        {
            for (var i = 0; i < ClicksInRun; i++)
            {
                session.Observe(Item(clicks++));
                session.Recommend(_best.AsSpan(), RankingMode.Rerank);
            }
        }
    }

    /// <summary>
    /// Events a second that a backbone trains on, in the median of all epochs but the first, on generated histories of 20 to 80 events.
    /// </summary>
    public static double TokensPerSecond(BackboneOptions backbone)
    {
        var dataset = TrainingBench.Generate(users: 2_000, items: 10_000, shortest: 20, longest: 80);
        var recipe = new SequenceRecipe
        {
            Backbone = backbone,
            Loss = new() { TokenBudget = 2_048 },
            Training = new() { Epochs = Epochs, Seed = 1 },
        };
        return dataset.Interactions / TrainingBench.SecondsPerEpoch(dataset, recipe);
    }

    /// <summary>
    /// Of the medians of rounds, the quietest for each: other load on the machine only adds to them. They take turns, so that both meet
    /// the same quiet.
    /// </summary>
    private static double Difference(Action less, Action more, int runs)
    {
        var (micros, fewer, greater) = (new double[runs], double.MaxValue, double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            fewer = Math.Min(fewer, Median(less, micros));
            greater = Math.Min(greater, Median(more, micros));
        }

        return greater - fewer;
    }

    private static double Median(Action run, double[] micros)
    {
        for (var i = 0; i < micros.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            micros[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(micros);
        return micros[micros.Length / 2];
    }

    private static int Item(int i) => 2 + i * 37 % (Items - 1);

    /// <summary>One that holds a list of a single item, so that hardly anything is scored.</summary>
    private DeviceSession Session(int blocks)
    {
        var bundle = Path.Combine(folder, $"{blocks}");
        if (!Directory.Exists(bundle))
        {
            using var model = new SequenceModel(Items, new Ttt4Rec(_options with { Blocks = blocks }, new Noise(1)));
            DeviceBundle.Write(model, bundle, new() { Name = "bench", CatalogVersion = "bench", Items = ItemStorage.Full });
        }

        var session = new DeviceSession(DeviceModel.Open(bundle), new() { ExcludeConsumed = false });
        var list = new CandidateList { CatalogVersion = "bench", ModelVersion = "bench", HistoryLength = 0, Items = [1], Scores = [0] };
        return session.TryAccept(list, out var fault) ? session : throw new InvalidOperationException(fault);
    }
}
