using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Learning.Transfer;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Transfer;

/// <summary>Transfers beside the training of a sequence model.</summary>
public class TransferLearningTests
{
    private const int Items = 15;

    private static readonly SequenceDataset _data = ToySequences.Cycle(users: 24, Items, minEvents: 3, maxEvents: 9);
    private static readonly TransferOptions _on =
        new() { From = "source", Heads = 2, Width = 8, Layers = 1, Schedule = new() { Cycle = 3 } };

    /// <summary>Backbone of the target, replicas, and what is transferred.</summary>
    public static TheoryData<string, int, string> Cases => new()
    {
        { "sasrec", 2, "residual" },
        { "sasrec", 1, "mergenet" },
        { "gru4rec", 2, "mergenet" },
        { "gru4rec", 1, "residual" },
        { "sasrec", 2, "row-aligned" },
        { "sasrec", 1, "low rank" },
        { "sasrec", 1, "self" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_run_that_was_cut_off_ends_as_one_that_was_not(string backbone, int replicas, string transfer)
    {
        using var folder = new TemporaryFolder();
        var recipe = Recipe(backbone, replicas, Options(transfer));
        var whole = Train(recipe);
        using var stop = new CancellationTokenSource();
        var cut = new OnProgress(p => { if (p.Epoch == 3 && p.Step == 2) stop.Cancel(); });
        Assert.Throws<OperationCanceledException>(() => recipe.Train(
            _data, _data.ButLast(), ToySequences.LastItems(_data), folder["run"], cut, source: Source(), cancel: stop.Token));
        var resumed = Train(recipe, folder["run"]);
        Assert.Equal(whole.Losses, resumed.Losses);
        Assert.Equal(Values.Of(whole.Model), Values.Of(resumed.Model));
        Assert.NotEqual(Values.Of(Train(recipe with { Transfer = null }).Model), Values.Of(whole.Model));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_trained_has_the_parameters_of_the_model_alone(string backbone, int replicas, string transfer)
    {
        var recipe = Recipe(backbone, replicas, Options(transfer)) with { Training = Training(replicas) with { Epochs = 1 } };
        Assert.Equal(
            recipe.Build(Items).named_parameters().Select(p => (p.name, string.Join(",", p.parameter.shape))),
            Train(recipe).Model.named_parameters().Select(p => (p.name, string.Join(",", p.parameter.shape))));
    }

    [Theory]
    [InlineData("sasrec", 1)]
    [InlineData("gru4rec", 2)]
    public void Without_a_transfer_the_target_trains_as_if_alone_to_the_bit(string backbone, int replicas)
    {
        var alone = Train(Recipe(backbone, replicas, transfer: null));
        foreach (var options in (TransferOptions[])
            [
                _on with { Schedule = new() { Cycle = null } }, _on with { Control = TransferControl.None }, _on with { Alpha = 0 },
                _on with { Schedule = new() { WarmupSteps = 1000 } },
            ])
        {
            var trained = Train(Recipe(backbone, replicas, options));
            Assert.Equal(alone.Losses, trained.Losses);
            Assert.Equal(Values.Of(alone.Model), Values.Of(trained.Model));
        }
    }

    [Fact]
    public void The_source_keeps_every_bit_and_gets_no_gradient()
    {
        var network = Network();
        var before = Values.Of(network);
        Train(Recipe("sasrec", 2, _on), source: TransferSource.Of(network));
        Assert.Equal(before, Values.Of(network));
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Theory]
    [InlineData(10, 1, 0, 10)]
    [InlineData(10, 3, 0, 4)]
    [InlineData(10, 4, 0, 3)]
    [InlineData(9, 4, 0, 3)]
    [InlineData(8, 4, 0, 2)]
    [InlineData(10, 3, 4, 2)]
    public void A_transfer_comes_every_cycle(int steps, int cycle, int warmup, int expected)
    {
        using var scope = NewDisposeScope();
        var (target, optimizer) = Target();
        using var part = Part(target, new() { Heads = 1, Width = 4, Schedule = new() { Cycle = cycle, WarmupSteps = warmup } });
        for (var step = 1; step <= steps; step++) Step(part, target, optimizer, step);
        Assert.Equal(expected, part.Transfers);
        if (warmup == 0) Assert.Equal((steps - 1) / cycle + 1, part.Transfers);
    }

    [Fact]
    public void After_the_last_epoch_with_transfers_the_target_goes_on_with_what_it_has()
    {
        using var scope = NewDisposeScope();
        var (target, optimizer) = Target();
        using var part = Part(target, new() { Heads = 1, Width = 4, Schedule = new() { Cycle = 1, StopEpoch = 1 } });
        part.BeginEpoch(1);
        for (var step = 1; step <= 6; step++) Step(part, target, optimizer, step);
        var before = Values.Of(target);
        part.BeginEpoch(2);
        Assert.Equal(before, Values.Of(target));
        Step(part, target, optimizer, 7);
        Assert.Equal(6, part.Transfers);
    }

    /// <summary>W_base takes the optimiser's steps as if no change lay over it, and the change stays as it was made.</summary>
    [Fact]
    public void The_optimiser_sees_the_own_weights_alone()
    {
        using var scope = NewDisposeScope();
        var (target, optimizer) = Target();
        using var part = Part(target, new() { Heads = 1, Width = 4, LearningRate = 0.1, Schedule = new() { Cycle = 1 } });
        for (var step = 1; step <= 3; step++) Step(part, target, optimizer, step);
        part.BeforeStep(4);
        var inUse = Values.Of(target.Weight);
        part.BeforeUpdate(4);
        var own = Values.Of(target.Weight);
        Assert.NotEqual(own, inUse);
        using (no_grad()) target.Weight.fill_(TensorArithmetic.One);
        part.AfterUpdate(4);
        Close.Row(inUse.Zip(own, (w, b) => 1 + w - b).ToArray(), Values.Of(target.Weight), 1e-6);
    }

    /// <summary>
    /// In models that have learned, and have no batch norm: the published adapter's rows of deviation 1 undo what was learned.
    /// </summary>
    [Theory]
    [InlineData("sasrec")]
    [InlineData("gru4rec")]
    public void Switching_the_residual_adapter_on_in_a_trained_model_is_no_shock_and_the_published_one_is(string backbone)
    {
        const int Alone = 20;
        // Steps of an epoch are counted from a training of one.
        var steps = 0;
        Shocked(Training(1) with { Epochs = 1 }, null, new OnProgress(p => steps = Math.Max(steps, p.Steps)));
        var schedule = new TransferSchedule { Cycle = 1, WarmupSteps = Alone * steps };
        var residual = Shocks(_on with { Schedule = schedule });
        Assert.True(residual <= 1.05, $"a loss became {residual:0.000} of itself");
        var published = Shocks(_on with { Schedule = schedule, Adapter = AdapterKind.MergeNet });
        Assert.True(published > 1.05, $"a loss became {published:0.000} of itself");

        double Shocks(TransferOptions options)
        {
            var losses = Shocked(Training(1) with { Epochs = Alone + 1 }, options, null);
            return losses[Alone] / losses[Alone - 1];
        }

        double[] Shocked(TrainingOptions training, TransferOptions? options, OnProgress? progress)
        {
            var recipe = Recipe(backbone, 1, options) with
            {
                Training = training with { Optimizer = new() { LearningRate = 0.01 } },
                Backbone = backbone == "sasrec"
                    ? new SasRecOptions { Width = 8, Window = 6, Blocks = 1, Heads = 1, Dropout = 0 }
                    : new Gru4RecOptions { Width = 8, Window = 6, Dropout = 0 },
            };
            var (_, result) = recipe.Train(
                _data, _data.ButLast(), null, progress: progress, source: Source(), cancel: TestContext.Current.CancellationToken);
            return [.. result.Epochs.Select(epoch => epoch.Loss)];
        }
    }

    [Theory]
    [InlineData("residual")]
    [InlineData("mergenet")]
    [InlineData("low rank")]
    public void Steps_leave_no_tensor_behind(string transfer)
    {
        var (target, optimizer) = Target();
        int? rank = transfer == "low rank" ? 2 : null;
        using var part = Part(target, Options(transfer) with { From = null, Heads = 1, Width = 4, Rank = rank });
        var step = 0;
        LiveTensors.AssertKept(() =>
        {
            for (var i = 0; i < 3; i++) Step(part, target, optimizer, ++step);
        });
    }

    [Fact]
    public void Every_tensor_of_the_adapters_learns()
    {
        using var scope = NewDisposeScope();
        var (target, optimizer) = Target();
        using var part = Part(target, new() { Heads = 2, Width = 4, Schedule = new() { Cycle = 1 } });
        using var folder = new TemporaryFolder();
        var before = Saved(part, folder["before"]);
        for (var step = 1; step <= 4; step++) Step(part, target, optimizer, step);
        var after = Saved(part, folder["after"]);
        Assert.All(before.Keys.Where(name => name.StartsWith("transfer.adapters.", StringComparison.Ordinal)),
            name => Assert.False(before[name].SequenceEqual(after[name]), $"{name} has learned nothing"));
    }

    [Fact]
    public void A_name_that_the_target_has_not_is_refused()
    {
        using var scope = NewDisposeScope();
        var (target, _) = Target();
        var e = Assert.Throws<ArgumentException>(() => Part(target, new() { Pairs = [new("other", ["weight"])] }));
        Assert.Contains("no parameter 'other'; expected one of weight", e.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, float[]> Saved(TransferLearning part, string path)
    {
        var writer = new Protocol.Safetensors.SafetensorsWriter();
        part.Save(writer);
        writer.Save(path);
        return Protocol.Safetensors.SafetensorsFile.Load(path).Tensors.Where(t => t.Value.Holds<float>())
            .ToDictionary(t => t.Key, t => t.Value.As<float>().ToArray());
    }

    private static (SlotLinear Target, AdamW Optimizer) Target()
    {
        manual_seed(4);
        var target = Linears.Xavier(6, 4);
        return (target, new AdamW([target], new() { LearningRate = 0.01 }));
    }

    private static TransferLearning Part(SlotLinear target, TransferOptions options)
    {
        manual_seed(5);
        using var source = Linears.Xavier(5, 7);
        return new([target], TransferSource.Of(source), options with { Pairs = options.Pairs ?? [new("weight", ["weight"])] }, seed: 1);
    }

    private static void Step(TransferLearning part, SlotLinear target, AdamW optimizer, int step)
    {
        using var scope = NewDisposeScope();
        manual_seed(step);
        part.BeforeStep(step);
        (target.forward(randn(8, 6)) - randn(8, 4)).Squared().mean().backward();
        part.BeforeUpdate(step);
        optimizer.Step();
        part.AfterUpdate(step);
        part.AfterStep(step);
    }

    private static TransferOptions Options(string name) => name switch
    {
        "residual" => _on,
        "mergenet" => _on with { Adapter = AdapterKind.MergeNet },
        "row-aligned" => _on with { Adapter = AdapterKind.RowAligned },
        "low rank" => _on with { Rank = 3 },
        _ => _on with { Control = TransferControl.Self },
    };

    private static TrainingOptions Training(int replicas) => new()
    {
        Epochs = 4,
        Seed = 3,
        Replicas = replicas,
        ValidateEvery = 1,
        Patience = 9,
    };

    private static SequenceRecipe Recipe(string backbone, int replicas, TransferOptions? transfer) => new()
    {
        Backbone = backbone == "sasrec"
            ? new SasRecOptions { Width = 8, Window = 6, Blocks = 1, Heads = 1 }
            : new Gru4RecOptions { Width = 8, Window = 6 },
        Loss = new() { TokenBudget = 24, Negatives = 8 },
        Training = Training(replicas),
        Transfer = transfer,
    };

    private static SequenceModel Network()
    {
        manual_seed(6);
        return new SequenceModel(Items, new Gru4Rec(new() { Width = 8, Window = 6 }, new Noise(1)));
    }

    private static TransferSource Source() => TransferSource.Of(Network());

    private static (SequenceModel Model, double[] Losses) Train(
        SequenceRecipe recipe, string? checkpoint = null, TransferSource? source = null)
    {
        var (model, result) = recipe.Train(
            _data, _data.ButLast(), ToySequences.LastItems(_data), checkpoint, source: source ?? Source(),
            cancel: TestContext.Current.CancellationToken);
        return (model, [.. result.Epochs.Select(epoch => epoch.Loss)]);
    }
}
