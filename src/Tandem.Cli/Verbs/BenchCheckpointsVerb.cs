using System.CommandLine;
using System.Text.Json.Serialization;
using Tandem.Cli.Bench;
using Tandem.Learning.Layers;
using static Tandem.Cli.Bench.BenchLines;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem bench checkpoints</c>: what open language models cost: to open, to write with, and to make a list.</summary>
internal static class BenchCheckpointsVerb
{
    private const string Name = "checkpoints", OpenName = "open";
    private const int PromptTokens = 150, Beams = 20, Items = 12_101, Rounds = 9;

    public static Command Create()
    {
        var gigabytes = new Option<double>("--gigabytes")
        {
            Description = "size of the checkpoint that is made in the folder for temporary files and opened",
            DefaultValueFactory = _ => 4,
        };
        var (threads, json) = (CommonOptions.Threads(), CommonOptions.Json());
        var verb = new Command(Name, "open language models: to open, to write, to make a list; run it on a quiet machine")
        {
            gigabytes, threads, json,
        };
        verb.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            if (parsed.GetValue(gigabytes) is not (> 0 and <= 1_000))
                throw new UsageException("--gigabytes: expected a number above 0 and up to 1,000");
            var figures = Measure(parsed.GetValue(gigabytes));
            if (parsed.GetValue(json)) JsonLine.Print(figures);
            else Print(figures);
            return 0;
        });
        verb.Subcommands.Add(Opening());
        return verb;
    }

    /// <summary>What the bench runs in a process of its own, whose memory is the opening's alone.</summary>
    private static Command Opening()
    {
        var folder = new Argument<string>("folder");
        var verb = new Command(OpenName, "opens a checkpoint and says what it took") { folder };
        verb.Hidden = true;
        verb.SetAction(parsed =>
        {
            Terminal.Output.PrintLine(CheckpointBench.Opened(parsed.GetRequiredValue(folder)));
            return 0;
        });
        return verb;
    }

    private static CheckpointFigures Measure(double gigabytes)
    {
        var root = Directory.CreateTempSubdirectory("tandem-bench-").FullName;
        var folder = Path.Combine(root, "checkpoint");
        var arithmetic = ArithmeticKinds.Fastest;
        try
        {
            var opened = Step("opening", () => CheckpointBench.Open(gigabytes, folder, "bench", Name, OpenName));
            var tokens = Step("tokens", () => CheckpointBench.TokensPerSecond(folder, arithmetic, 1, 32));
            var wide = Step("tokens in float32", () => CheckpointBench.TokensPerSecond(folder, ArithmeticKind.F32, 1, 32));
            return new()
            {
                T5ListMillis = Step("lists of a T5 in float32", () => CheckpointBench.T5ListMillis(
                    ArithmeticKind.F32, PromptTokens, Beams, Items, Rounds)),
                TokensPerSecond = new(tokens[0], tokens[1]),
                TokensPerSecondFloat32 = new(wide[0], wide[1]),
                Arithmetic = arithmetic,
                OpenPeakRatio = opened.PeakRatio,
                OpenSeconds = opened.Seconds,
                OpenGigabytes = opened.Gigabytes,
            };
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Print(CheckpointFigures f)
    {
        Line("a list of a T5 of 60 M parameters", $"{f.T5ListMillis:0} ms");
        Line(
            "tokens a second of 100 M parameters in BF16",
            $"{f.TokensPerSecond.One:0} one text at a time, {f.TokensPerSecond.ThirtyTwo:0} by 32, computed in {f.Arithmetic}");
        Line("the same, computed in float32", $"{f.TokensPerSecondFloat32.One:0} and {f.TokensPerSecondFloat32.ThirtyTwo:0}");
        Line("opening", $"{f.OpenGigabytes:0.0} GB in {f.OpenSeconds:0.0} s, peak memory {f.OpenPeakRatio:0.000} × its size");
    }

    private sealed record CheckpointFigures
    {
        /// <summary>Milliseconds of one: a prompt of 150 tokens, 20 beams over 12,101 items.</summary>
        public required double T5ListMillis { get; init; }

        /// <summary>In <see cref="Arithmetic"/>.</summary>
        public required TokenRates TokensPerSecond { get; init; }

        /// <summary>In float32, weights in BF16 all the same.</summary>
        public required TokenRates TokensPerSecondFloat32 { get; init; }

        /// <summary>The fastest of this processor.</summary>
        public required ArithmeticKind Arithmetic { get; init; }

        /// <summary>Peak memory of a process that opens it over the bytes of the checkpoint.</summary>
        public required double OpenPeakRatio { get; init; }

        public required double OpenSeconds { get; init; }

        public required double OpenGigabytes { get; init; }
    }

    /// <param name="One">One text at a time.</param>
    /// <param name="ThirtyTwo">32 at a time.</param>
    private sealed record TokenRates(
        [property: JsonPropertyName("1")] double One, [property: JsonPropertyName("32")] double ThirtyTwo);
}
