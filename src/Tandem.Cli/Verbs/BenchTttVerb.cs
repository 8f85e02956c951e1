using System.CommandLine;
using Tandem.Cli.Bench;
using Tandem.Learning.Backbones;
using static Tandem.Cli.Bench.BenchLines;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem bench ttt</c>: what TTT costs on the device and in training.</summary>
internal static class BenchTttVerb
{
    public static Command Create()
    {
        var (threads, json) = (CommonOptions.Threads(), CommonOptions.Json());
        var verb = new Command(
            "ttt",
            "TTT-Linear of 64 dims and 4 heads: a block on the device, and training beside SASRec; run it on a quiet machine")
        {
            threads, json,
        };
        verb.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var figures = Measure();
            if (parsed.GetValue(json)) JsonLine.Print(figures);
            else Print(figures);
            return 0;
        });
        return verb;
    }

    private static TttFigures Measure()
    {
        var folder = Directory.CreateTempSubdirectory("tandem-bench-").FullName;
        try
        {
            var bench = new TttBench(folder);
            return new()
            {
                Block50Micros = Step("a block over 50 events", () => bench.BlockMicros(50)),
                Block200Micros = Step("a block over 200 events", () => bench.BlockMicros(200)),
                EventMicros = Step("a block for an event", bench.EventMicros),
                TrainTokensPerSecond = Step("training TTT", () => TttBench.TokensPerSecond(new TttOptions())),
                SasrecTokensPerSecond = Step("training SASRec", () => TttBench.TokensPerSecond(new SasRecOptions())),
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(TttFigures f)
    {
        Line("a block over 50 events", $"{f.Block50Micros:0.0} µs");
        Line("a block over 200 events", $"{f.Block200Micros:0.0} µs");
        Line("a block for an event", $"{f.EventMicros:0.00} µs");
        Line("training", $"{f.TrainTokensPerSecond:0} events/s; SASRec {f.SasrecTokensPerSecond:0}");
    }

    private sealed record TttFigures
    {
        /// <summary>A block with its SwiGLU, all outputs, over 50 events at once.</summary>
        public required double Block50Micros { get; init; }

        public required double Block200Micros { get; init; }

        /// <summary>The same for one event after others.</summary>
        public required double EventMicros { get; init; }

        /// <summary>TTT4Rec of 64 dims and 1 block, 256 negatives.</summary>
        public required double TrainTokensPerSecond { get; init; }

        /// <summary>SASRec of 64 dims and 1 block, 256 negatives.</summary>
        public required double SasrecTokensPerSecond { get; init; }
    }
}
