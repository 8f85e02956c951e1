using System.CommandLine;
using System.Runtime.Intrinsics;
using Tandem.Cli.Bench;
using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;
using static Tandem.Cli.Bench.BenchLines;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem bench device</c>: what a click costs on the device.</summary>
internal static class BenchDeviceVerb
{
    private const int MostEpochs = 80;

    private static readonly Option<string?> _run = new("--run")
    {
        Description = "folder of a trained sequence model's run",
        HelpName = "RUN",
    };

    private static readonly Option<string?> _beauty = new("--beauty")
    {
        Description = "without --run: folder of Beauty's sequences.txt, on which SASRec of 64 dims and 2 blocks is trained, 1 to 2 minutes",
        HelpName = "DIR",
    };

    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command(
            "device",
            "a click on the device: state and 200 candidates, the whole catalogue, learning; run it on a quiet machine")
        {
            _run, _beauty, _json,
        };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var (dataset, model, successors, contents) = (parsed.GetValue(_run), parsed.GetValue(_beauty)) switch
        {
            ({ } run, null) => Load(run),
            (null, { } beauty) => Train(beauty, cancel),
            _ => throw new UsageException(
                "bench device measures one model; give either --run and a finished run's folder, or --beauty and the folder to train on"),
        };
        var folder = Directory.CreateTempSubdirectory("tandem-bench-").FullName;
        try
        {
            var figures = Measure(new(dataset, model, folder, successors, contents), model);
            if (parsed.GetValue(_json)) JsonLine.Print(figures);
            else Print(figures);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DeviceFigures Measure(DeviceBench bench, SequenceModel model)
    {
        // First of all, so that the evaluation's threads are gone from the cores while clicks are timed.
        var full = Step("NDCG by float32 rows", () => bench.Ndcg(ItemStorage.Full));
        var quantised = Step("NDCG by int8 rows", () => bench.Ndcg(ItemStorage.Quantised));
        var (clicks, allocated) = Step("clicks", () => bench.MeasureClicks(ItemStorage.Full));
        var quantisedClicks = Step("clicks, int8 rows", () => bench.MeasureClicks(ItemStorage.Quantised)).Micros;
        var shared = Step("clicks of two threads on one session", bench.MeasureTwoThreads);
        var table = Step("whole catalogue, int8 rows", () => bench.MeasureTable(ItemStorage.Quantised));
        var halfTable = Step("whole catalogue, float16 rows", () => bench.MeasureTable(ItemStorage.Half));
        var fullTable = Step("whole catalogue, float32 rows", () => bench.MeasureTable(ItemStorage.Full));
        var countedClicks = Step("clicks, counts of successors", () => bench.MeasureSuccessorClicks(ItemStorage.Full)).Micros;
        var countedTable = Step("whole catalogue, counts of successors", () => bench.MeasureSuccessorTable(ItemStorage.Quantised));
        var joinedClicks = bench.HasContents
            ? Step("clicks, counts and contents, int8 rows", () => bench.MeasureJoinedClicks(ItemStorage.Quantised))
            : default;
        var joinedTable = bench.HasContents
            ? Step("whole catalogue, counts and contents", () => bench.MeasureJoinedTable(ItemStorage.Quantised))
            : null;
        var (loop, loopBytes) = Step("list, own candidates and decision", () => bench.MeasureLoop(counted: false));
        var sliceLoop = Step("list, own candidates and decision, rows of 250 items", bench.MeasureSliceLoop);
        var countedLoop = Step("list, own candidates and decision, counts", () => bench.MeasureLoop(counted: true)).Micros;
        var learning = Step("learning", bench.MeasureLearningStep);
        return new()
        {
            Model = model.Backbone.Kind,
            Width = model.Backbone.Width,
            Window = model.Backbone.Window,
            Items = model.ItemCount,
            ClickP50Micros = Percentile(clicks, 0.5),
            ClickP99Micros = Percentile(clicks, 0.99),
            Int8ClickP50Micros = Percentile(quantisedClicks, 0.5),
            TwoThreadsP50Micros = Percentile(shared, 0.5),
            TwoThreadsP99Micros = Percentile(shared, 0.99),
            TwoThreadsP999Micros = Percentile(shared, 0.999),
            AllocatedBytesPerEvent = allocated / (double)clicks.Length,
            TableTop10Micros = Percentile(table, 0.5),
            Float16TableTop10Micros = Percentile(halfTable, 0.5),
            Float32TableTop10Micros = Percentile(fullTable, 0.5),
            SuccessorsClickMicros = Percentile(countedClicks, 0.5),
            SuccessorsTableTop10Micros = Percentile(countedTable, 0.5),
            JoinedClickMicros = joinedTable is null ? null : Percentile(joinedClicks.Micros, 0.5),
            JoinedTableTop10Micros = joinedTable is null ? null : Percentile(joinedTable, 0.5),
            JoinedBytesPerEvent = joinedTable is null ? null : joinedClicks.AllocatedBytes / (double)joinedClicks.Micros.Length,
            LoopMicros = Percentile(loop, 0.5),
            SliceLoopMicros = Percentile(sliceLoop, 0.5),
            SuccessorsLoopMicros = Percentile(countedLoop, 0.5),
            LoopBytesPerEvent = loopBytes / (double)loop.Length,
            LearningStepMicros = learning,
            Ndcg = full,
            Int8NdcgLossPercent = 100 * (full - quantised) / full,
            Vectors = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
        };
    }

    private static Measured Load(string folder)
    {
        var recipe = RunRecipe.OfRun(folder);
        var dataset = DatasetFolder.Read(Path.Combine(folder, "dataset"));
        return ModelKinds.Find(recipe.Model).Load(recipe.Settings, dataset, folder) is SequenceScorer scorer
            ? new(dataset, scorer.Model, scorer.Successors, scorer.Contents)
            : throw new UsageException(
                $"--run {folder}: '{recipe.Model}' is no sequence model; "
                + $"give a run of {ModelKinds.Names(kind => kind.IsSequenceModel && kind.HasBundle)}");
    }

    private static Measured Train(string beauty, CancellationToken cancel)
    {
        var dataset = DatasetFolder.Open(beauty, seed: 1);
        var split = new LeaveOneOut(dataset);
        var recipe = new SequenceRecipe { Backbone = new SasRecOptions { Blocks = 2 }, Training = new() { Epochs = MostEpochs, Seed = 1 } };
        var (model, _) = WatchedRun.Show(progress => recipe.Train(
            dataset, dataset.Prefixes(split.TrainLength), RankedCases.Of(dataset, split.Validation.ToArray()),
            progress: progress.Training("sasrec"), cancel: cancel));
        return new(dataset, model, null, []);
    }

    private static double Percentile(double[] values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)(share * (sorted.Length - 1))];
    }

    private static void Print(DeviceFigures f)
    {
        Line("event + 200 candidates, median", $"{f.ClickP50Micros:0.0} µs (99 % below {f.ClickP99Micros:0.0} µs)");
        Line(
            "the same of two threads on one session, without pause",
            $"{f.TwoThreadsP50Micros:0.0} µs (99 % below {f.TwoThreadsP99Micros:0.0} µs, 99.9 % below {f.TwoThreadsP999Micros:0.0} µs)");
        Line(
            "the same with counts of successors",
            $"{f.SuccessorsClickMicros:0.0} µs, {f.SuccessorsClickMicros / f.ClickP50Micros:0.00} times as long");
        Line("without counts by int8 rows", $"{f.Int8ClickP50Micros:0.0} µs");
        Line($"event + best 10 of {f.Items} items, int8 rows", $"{f.TableTop10Micros:0.0} µs");
        Line("the same, float16 and float32 rows", $"{f.Float16TableTop10Micros:0.0} and {f.Float32TableTop10Micros:0.0} µs");
        Line(
            "int8 rows with counts of successors",
            $"{f.SuccessorsTableTop10Micros:0.0} µs, {f.SuccessorsTableTop10Micros / f.TableTop10Micros:0.00} times as long");
        if (f.JoinedClickMicros is { } click)
            Line("counts and contents: 200 candidates, whole catalogue", $"{click:0.0} and {f.JoinedTableTop10Micros:0.0} µs, int8 rows");
        Line(
            "event + 200 candidates and the device's own 50, joined, with the decision",
            $"{f.SliceLoopMicros:0.0} µs where it holds 250 rows, {f.LoopMicros:0.0} µs with the whole table");
        Line("the same with the whole table and counts", $"{f.SuccessorsLoopMicros:0.0} µs; {f.LoopBytesPerEvent:0.##} bytes an event");
        Line("a learning step on the adapter", $"{f.LearningStepMicros:0.0} µs");
        Line("allocated", $"{f.AllocatedBytesPerEvent:0.##} bytes an event");
        Line("NDCG@10 lost by int8 rows", $"{f.Int8NdcgLossPercent:0.00} %");
    }

    private sealed record Measured(
        SequenceDataset Dataset, SequenceModel Model, CountedSuccessors? Successors, IReadOnlyList<JoinedContent> Contents);

    private sealed record DeviceFigures
    {
        public required string Model { get; init; }

        public required int Width { get; init; }

        public required int Window { get; init; }

        public required int Items { get; init; }

        /// <summary>An event taken in and 200 candidates ranked after it, float32 rows.</summary>
        public required double ClickP50Micros { get; init; }

        public required double ClickP99Micros { get; init; }

        public required double Int8ClickP50Micros { get; init; }

        /// <summary>A click as above, of two threads that click on one session without pause; half of it is the other one's turn.</summary>
        public required double TwoThreadsP50Micros { get; init; }

        public required double TwoThreadsP99Micros { get; init; }

        public required double TwoThreadsP999Micros { get; init; }

        public required double AllocatedBytesPerEvent { get; init; }

        /// <summary>An event taken in and the ten best of the whole catalogue after it, int8 rows.</summary>
        public required double TableTop10Micros { get; init; }

        public required double Float16TableTop10Micros { get; init; }

        public required double Float32TableTop10Micros { get; init; }

        /// <summary>As <see cref="ClickP50Micros"/> with counts of successors, after events that have many.</summary>
        public required double SuccessorsClickMicros { get; init; }

        /// <summary>As <see cref="TableTop10Micros"/> with counts of successors, after events that have many.</summary>
        public required double SuccessorsTableTop10Micros { get; init; }

        /// <summary>As <see cref="SuccessorsClickMicros"/> with contents too and int8 rows; null for a run without.</summary>
        public double? JoinedClickMicros { get; init; }

        /// <summary>As <see cref="SuccessorsTableTop10Micros"/> with contents too; null for a run without.</summary>
        public double? JoinedTableTop10Micros { get; init; }

        public double? JoinedBytesPerEvent { get; init; }

        /// <summary>A step on the adapter.</summary>
        public required double LoopMicros { get; init; }

        public required double SliceLoopMicros { get; init; }

        public required double SuccessorsLoopMicros { get; init; }

        public required double LoopBytesPerEvent { get; init; }

        public required double LearningStepMicros { get; init; }

        /// <summary>NDCG@10 of the leave-one-out test with float32 rows, by the device runtime.</summary>
        public required double Ndcg { get; init; }

        public required double Int8NdcgLossPercent { get; init; }

        /// <summary>Bits of the widest vectors that were used.</summary>
        public required int Vectors { get; init; }
    }
}
