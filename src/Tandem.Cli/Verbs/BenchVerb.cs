using System.CommandLine;
using System.Diagnostics;
using Tandem.Cli.Bench;
using Tandem.Data.Preparation;
using static Tandem.Cli.Bench.BenchLines;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem bench training</c>: seconds per epoch and per evaluation, and how they grow with users and items.</summary>
internal static class BenchVerb
{
    private static readonly (int Users, int Items)[] _scaling =
        [(5_000, 10_000), (20_000, 10_000), (80_000, 10_000), (20_000, 100_000), (20_000, 1_000_000)];

    public static Command Create()
    {
        var beauty = new Option<string>("--beauty") { Description = "folder of Beauty's sequences.txt", Required = true, HelpName = "DIR" };
        var ml1m = new Option<string>("--ml-1m")
        {
            Description = "folder of MovieLens 1M's sequences.txt",
            Required = true,
            HelpName = "DIR",
        };
        var (threads, json) = (CommonOptions.Threads(), CommonOptions.Json());
        var training = new Command(
            "training",
            "SASRec of 64 dims and 1 block, 256 negatives: seconds per epoch and per evaluation; run it on a quiet machine")
        {
            beauty, ml1m, threads, json,
        };
        training.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var result = Measure(parsed.GetRequiredValue(beauty), parsed.GetRequiredValue(ml1m));
            if (parsed.GetValue(json)) JsonLine.Print(result);
            else Print(result);
            return 0;
        });
        return new Command("bench", "measure speed")
        {
            training, BenchDeviceVerb.Create(), BenchTttVerb.Create(), BenchLanguageVerb.Create(), BenchParametersVerb.Create(),
            BenchTransferVerb.Create(), BenchCloudVerb.Create(), BenchCheckpointsVerb.Create(),
        };
    }

    private static TrainingFigures Measure(string beautyFolder, string ml1mFolder)
    {
        var beauty = Step("Beauty, length 50", () => DatasetFolder.Open(beautyFolder, seed: 1));
        var recipe = TrainingBench.Recipe(window: 50, tokenBudget: 512);
        return new()
        {
            BeautySecondsPerEpoch = TrainingBench.SecondsPerEpoch(beauty, recipe),
            EvaluationSeconds = Step("evaluation of Beauty", () => TrainingBench.SecondsPerEvaluation(beauty, recipe)),
            Ml1mSecondsPerEpoch = Step("MovieLens 1M, length 200", () => TrainingBench.SecondsPerEpoch(
                DatasetFolder.Open(ml1mFolder, seed: 1), TrainingBench.Recipe(window: 200, tokenBudget: 2048))),
            Scaling = [.. _scaling.Select(size => Step($"{size.Users} users, {size.Items} items", () => Scale(size.Users, size.Items)))],
            Processors = Environment.ProcessorCount,
            PeakMegabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0,
        };
    }

    private static ScalingFigure Scale(int users, int items)
    {
        var dataset = TrainingBench.Generate(users, items);
        var seconds = TrainingBench.SecondsPerEpoch(dataset, TrainingBench.Recipe(window: 50, tokenBudget: 512));
        return new(users, items, dataset.Interactions, seconds, seconds / dataset.Interactions * 1e6);
    }

    private static void Print(TrainingFigures figures)
    {
        Line("Beauty", $"{figures.BeautySecondsPerEpoch:0.00} s an epoch");
        Line("MovieLens 1M, length 200", $"{figures.Ml1mSecondsPerEpoch:0.00} s an epoch");
        Line("full ranking of Beauty", $"{figures.EvaluationSeconds:0.00} s");
        foreach (var row in figures.Scaling)
        {
            Line(
                $"{row.Users} users, {row.Items} items",
                $"{row.SecondsPerEpoch:0.00} s an epoch, {row.MicrosecondsPerEvent:0.0} µs an event");
        }
    }

    private sealed record TrainingFigures
    {
        public required double BeautySecondsPerEpoch { get; init; }

        public required double Ml1mSecondsPerEpoch { get; init; }

        /// <summary>All 22,363 users of Beauty over 12,101 items.</summary>
        public required double EvaluationSeconds { get; init; }

        public required IReadOnlyList<ScalingFigure> Scaling { get; init; }

        public required int Processors { get; init; }

        public required double PeakMegabytes { get; init; }
    }

    private sealed record ScalingFigure(int Users, int Items, int Events, double SecondsPerEpoch, double MicrosecondsPerEvent);
}
