using Tandem.Data.Batches;
using Tandem.Learning.Backbones;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Training;

public class TrainingLoopTests
{
    private static readonly TrainingOptions _options = new() { Epochs = 10, Seed = 1, ValidateEvery = 1, Patience = 2 };

    [Fact]
    public void An_early_stop_restores_the_weights_of_the_best_epoch()
    {
        using var task = new ScriptedTask(0.1, 0.5, 0.3, 0.2, 0.9);
        var result = new TrainingLoop<SequenceBatch>(task, _options, "settings").Run(cancel: TestContext.Current.CancellationToken);
        Assert.Equal((2, 0.5, 4), (result.BestEpoch, result.BestValidation!.Value, result.Epochs.Count));
        Assert.Equal(4, task.Weights.Distinct().Count());
        Assert.Equal(task.Weights[1], task.Weight);
    }

    [Fact]
    public void A_measure_that_only_equals_the_best_is_no_new_best()
    {
        using var task = new ScriptedTask(0.5, 0.5, 0.5, 0.5);
        var result = new TrainingLoop<SequenceBatch>(task, _options, "settings").Run(cancel: TestContext.Current.CancellationToken);
        Assert.Equal((1, 3), (result.BestEpoch, result.Epochs.Count));
    }

    [Fact]
    public void Only_every_nth_epoch_and_the_last_are_validated()
    {
        using var task = new ScriptedTask(0.1, 0.2, 0.3);
        var options = _options with { Epochs = 5, ValidateEvery = 2 };
        var result = new TrainingLoop<SequenceBatch>(task, options, "settings").Run(cancel: TestContext.Current.CancellationToken);
        Assert.Equal([null, 0.1, null, 0.2, 0.3], result.Epochs.Select(e => e.Validation));
    }

    [Fact]
    public void Without_validation_all_epochs_are_trained_and_the_last_weights_kept()
    {
        using var task = new ScriptedTask(null, null, null);
        var result = new TrainingLoop<SequenceBatch>(task, _options with { Epochs = 3 }, "settings").Run(
            cancel: TestContext.Current.CancellationToken);
        Assert.Equal((3, null, 3), (result.BestEpoch, result.BestValidation, result.Epochs.Count));
        Assert.Equal(task.Weights[2], task.Weight);
    }

    [Fact]
    public void A_resumed_run_remembers_the_best_weights_and_how_long_it_has_waited()
    {
        using var folder = new TemporaryFolder();
        var checkpoint = folder["run.safetensors"];
        using var stop = new CancellationTokenSource();
        using var first = new ScriptedTask(0.1, 0.5, 0.3);
        var cut = new OnProgress(p => { if (p.Finished is { Epoch: 3 }) stop.Cancel(); });
        Assert.Throws<OperationCanceledException>(
            () => new TrainingLoop<SequenceBatch>(first, _options, "settings", checkpoint, cut).Run(cancel: stop.Token));

        using var second = new ScriptedTask(0.4, 0.9);
        var result = new TrainingLoop<SequenceBatch>(second, _options, "settings", checkpoint).Run(
            cancel: TestContext.Current.CancellationToken);
        Assert.Equal((2, 0.5, 4), (result.BestEpoch, result.BestValidation!.Value, result.Epochs.Count));
        Assert.Equal(first.Weights[1], second.Weight);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_loss_that_is_not_finite_stops_the_training_and_says_where(float loss)
    {
        using var folder = new TemporaryFolder();
        using var task = new ScriptedTask(0.1, 0.2) { BatchesPerEpoch = 3, Loss = step => step == 5 ? loss : 1 };
        var loop = new TrainingLoop<SequenceBatch>(task, _options, "settings", folder["run.safetensors"]);
        var e = Assert.Throws<TrainingException>(() => loop.Run(cancel: TestContext.Current.CancellationToken));
        Assert.Contains("epoch 2, step 2", e.Message, StringComparison.Ordinal);

        using var resumed = new ScriptedTask(Enumerable.Repeat<double?>(0.1, 9).ToArray());
        new TrainingLoop<SequenceBatch>(resumed, _options, "settings", folder["run.safetensors"]).Run(
            cancel: TestContext.Current.CancellationToken);
        Assert.True(float.IsFinite(resumed.Weight), "the checkpoint should be that of epoch 1");
    }

    [Fact]
    public void An_epoch_without_a_batch_is_refused_and_leaves_no_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var task = new ScriptedTask(0.1) { BatchesPerEpoch = 0 };
        var loop = new TrainingLoop<SequenceBatch>(task, _options, "settings", folder["run.safetensors"]);
        var e = Assert.Throws<TrainingException>(() => loop.Run(cancel: TestContext.Current.CancellationToken));
        Assert.Contains("nothing to train on", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["run.safetensors"]));
    }

    [Fact]
    public void Replicas_on_fewer_batches_than_replicas_train_to_the_same_weights_each_time()
    {
        var data = ToySequences.Cycle(users: 9, items: 8, minEvents: 3, maxEvents: 6);
        var recipe = new SequenceRecipe
        {
            Backbone = new SasRecOptions { Width = 8, Window = 5, Dropout = 0.2 },
            Loss = new() { Negatives = 4, TokenBudget = 10 },
            Training = _options with { Epochs = 3, Replicas = 3 },
        };
        Assert.Equal(Values.Of(Train()), Values.Of(Train()));
        Assert.NotEqual(Values.Of(Train()), Values.Of(recipe.Build(8)));

        SequenceModel Train() => recipe.Train(data, data.Whole(), validation: null, cancel: TestContext.Current.CancellationToken).Model;
    }

    [Fact]
    public void A_fault_of_any_replica_ends_the_training()
    {
        using var threads = new ReplicaThreads(3);
        var e = Assert.Throws<TrainingException>(() => threads.Run(r => { if (r == 2) throw new TrainingException("third"); }));
        Assert.Equal("third", e.Message);
        var served = new int[3];
        threads.Run(r => served[r]++);
        Assert.Equal([1, 1, 1], served);
    }

    [Fact]
    public void Training_SASRec_leaves_no_tensor_behind()
    {
        var data = ToySequences.Cycle(users: 10, items: 8, minEvents: 3, maxEvents: 6);
        // One replica: torch counts the tensors of a thread where they are made and where they end.
        var replicas = Replica.Create(1, noise => new SequenceModel(8, new SasRec(new() { Width = 8, Window = 5, Dropout = 0.2 }, noise)));
        var heldOut = ToySequences.LastItems(data);
        AssertKept(new NextItemTask(replicas, new() { Negatives = 4, TokenBudget = 10 }, seed: 1, data.Whole(), heldOut));
    }

    [Fact]
    public void Training_the_language_model_leaves_no_tensor_behind()
    {
        var data = ToySequences.Cycle(users: 10, items: 8, minEvents: 3, maxEvents: 6);
        var tokens = ItemTokens.Of(SemanticIds.Create([.. Enumerable.Range(0, 8).Select(i => new[] { i / 4, i % 4 })]));
        var noise = new Noise(1);
        using var model = new Llama(
            new() { Vocabulary = tokens.Vocabulary, Width = 8, Blocks = 1, Heads = 2, Hidden = 8, Dropout = 0.2 }, noise);
        var heldOut = ToySequences.LastItems(data);
        AssertKept(new NextCodeTask([new(model, noise)], tokens, window: 5, itemBudget: 40, seed: 1, data.Whole(), heldOut));
    }

    /// <summary>Steps, validation and the copy of the best weights.</summary>
    private static void AssertKept(ITrainingTask<SequenceBatch> task)
    {
        var epochs = 0;
        LiveTensors.AssertKept(() =>
        {
            epochs++;
            new TrainingLoop<SequenceBatch>(task, _options with { Epochs = 2, Seed = epochs }, "settings").Run(
                cancel: TestContext.Current.CancellationToken);
        });
    }
}
