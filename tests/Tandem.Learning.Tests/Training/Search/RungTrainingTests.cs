using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Training;
using Tandem.Learning.Training.Search;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Training.Search;

public sealed class RungTrainingTests : IDisposable
{
    private static readonly SequenceDataset _data = ToySequences.Cycle(users: 24, items: 15, minEvents: 3, maxEvents: 9);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_trial_over_three_rungs_ends_as_one_training()
    {
        var (whole, result) = Train(Recipe(6), _folder["whole.safetensors"], null, int.MaxValue, TestContext.Current.CancellationToken);
        double[] validations = [Rung(6, 1, out _), Rung(6, 3, out _), Rung(6, 6, out _)];
        double Best(int epochs) => result.Epochs.Take(epochs).Max(e => e.Validation)!.Value;
        Assert.Equal([Best(1), Best(3), Best(6)], validations);
        Rung(6, 6, out _);
        var (again, _) = Train(
            Recipe(6), Path.Combine(_folder.Root, "checkpoint.safetensors"), null, int.MaxValue, TestContext.Current.CancellationToken);
        Assert.Equal(Values.Of(whole), Values.Of(again));
    }

    [Fact]
    public void A_rung_trains_only_the_epochs_that_are_missing()
    {
        Rung(6, 2, out var first);
        Rung(6, 4, out var second);
        Rung(6, 4, out var third);
        Assert.Equal([1, 2], first);
        Assert.Equal([3, 4], second);
        Assert.Empty(third);
    }

    [Fact]
    public void A_rung_cut_off_in_the_middle_ends_as_one_that_was_not()
    {
        var whole = Rung(6, 4, out _);
        Directory.CreateDirectory(_folder["cut"]);
        using var stop = new CancellationTokenSource();
        var listener = new OnProgress(p => { if (p.Epoch == 4 && p.Step == 1) stop.Cancel(); });
        Assert.Throws<OperationCanceledException>(() => RungTraining.Run(_folder["cut"], 4, Start(6, cancel: stop.Token), listener));
        Assert.Equal(whole, RungTraining.Run(_folder["cut"], 4, Start(6, cancel: TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void A_training_that_stops_early_counts_with_its_best()
    {
        var epochs = new List<int>();
        var validation = RungTraining.Run(_folder.Root, 5, (_, progress, _) =>
        {
            for (var epoch = 1; epoch <= 3; epoch++)
            {
                epochs.Add(epoch);
                progress.Report(new(epoch, 9, 1, 1, 2, 100, null));
                progress.Report(new(epoch, 9, 0, 0, 2, 0, new EpochRecord(epoch, 2, 1, 0.5 - 0.1 * epoch)));
            }
        });
        Assert.Equal((0.4, 3), (validation, epochs.Count));
    }

    [Fact]
    public void A_rung_without_a_validation_says_what_to_change()
    {
        var e = Assert.Throws<TrainingException>(() => RungTraining.Run(
            _folder.Root, 1, Start(6, validateEvery: 2, TestContext.Current.CancellationToken)));
        Assert.Contains("no epoch up to 1 was validated", e.Message, StringComparison.Ordinal);
    }

    private static SequenceRecipe Recipe(int epochs, int validateEvery = 1) => new()
    {
        Backbone = new SasRecOptions { Width = 8, Window = 6, Dropout = 0.3 },
        Loss = new() { TokenBudget = 40, Negatives = 10 },
        Training = new() { Epochs = epochs, Seed = 3, ValidateEvery = validateEvery, Patience = 9 },
    };

    private static (SequenceModel Model, TrainingResult Result) Train(
        SequenceRecipe recipe, string checkpoint, IProgress<TrainingProgress>? progress, int pauseAfter, CancellationToken cancel) =>
        recipe.Train(
            _data, _data.ButLast(), ToySequences.LastItems(_data), checkpoint, progress, pauseAfter, cancel: cancel);

    private static RungTraining.Trainer Start(int epochs, int validateEvery = 1, CancellationToken cancel = default) =>
        (checkpoint, progress, pauseAfter) => Train(Recipe(epochs, validateEvery), checkpoint, progress, pauseAfter, cancel);

    private double Rung(int all, int epochs, out int[] trained)
    {
        var seen = new HashSet<int>();
        var validation = RungTraining.Run(
            _folder.Root, epochs, Start(all), new OnProgress(p => seen.Add(p.Epoch)));
        trained = [.. seen];
        return validation;
    }
}
