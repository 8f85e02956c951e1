using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Learning.Transfer;

namespace Tandem.Cli.Bench;

/// <summary>
/// What a transfer costs a training: SASRec of 64 dimensions and 1 block that takes every matrix of its layers from a GRU4Rec of 64, by the
/// residual adapter with its defaults. Weights and data are random: they are of no matter to the time.
/// </summary>
internal static class TransferBench
{
    private const int Users = 10_000, Items = 10_000, Rounds = 9;

    public static TransferFigures Measure()
    {
        var dataset = TrainingBench.Generate(Users, Items);
        var recipe = TrainingBench.Recipe(window: 50, tokenBudget: 512);
        TorchSharp.torch.manual_seed(1);
        using var network = new SequenceModel(Items, new Gru4Rec(new() { Window = 50 }, new Noise(1)));
        var source = TransferSource.Of(network);
        var transferred = recipe with { Transfer = new() { From = "gru4rec", Schedule = new() { Cycle = 4 } } };
        using var model = transferred.Build(Items);
        using var transfer = new TransferLearning([model], source, transferred.Transfer, seed: 1);
        // By turns, so that a machine that slows down slows both; of the ratios the median, for one round may be slowed in its middle.
        var rounds = Enumerable.Range(1, Rounds).Select(round => (
            Alone: BenchLines.Step($"alone, round {round}", () => MillisecondsPerStep(dataset, recipe, source)),
            With: BenchLines.Step($"transfer, round {round}", () => MillisecondsPerStep(dataset, transferred, source)))).ToArray();
        double[] overheads = [.. rounds.Select(round => (round.With / round.Alone - 1) * 100).Order()];
        return new(
            overheads[Rounds / 2], overheads[Rounds / 4], overheads[^(Rounds / 4 + 1)], transfer.AdapterParameters,
            rounds.Min(round => round.Alone), rounds.Min(round => round.With));
    }

    /// <summary>Of the fastest epoch but the first.</summary>
    private static double MillisecondsPerStep(SequenceDataset dataset, SequenceRecipe recipe, TransferSource source)
    {
        var steps = new StepCount();
        var (model, result) = recipe.Train(
            dataset, dataset.Prefixes(new LeaveOneOut(dataset).TrainLength), validation: null, progress: steps, source: source);
        model.Dispose();
        return result.Epochs.Skip(1).Min(epoch => epoch.Seconds) * 1000 / steps.Most;
    }

    private sealed class StepCount : IProgress<TrainingProgress>
    {
        public int Most { get; private set; }

        public void Report(TrainingProgress value) => Most = Math.Max(Most, value.Steps);
    }
}

/// <summary>The median of the rounds' overheads, their quartiles, and milliseconds of the fastest epochs.</summary>
internal sealed record TransferFigures(
    double OverheadPercent, double LowerQuartile, double UpperQuartile, long AdapterParameters, double AloneMillisecondsPerStep,
    double TransferMillisecondsPerStep);
