using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Learning.Transfer;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Transfer;

/// <summary>Transfers beside the training of DIN, whose attention multiplies its weights into the history.</summary>
public class DinTransferTests
{
    private const int Items = 15;

    private static readonly string[] _matrices =
    [
        "attention_history", "attention_target", "attention_product", "attention_output", "hidden", "last_hidden", "output",
    ];

    private static readonly string[] _read = ["backbone.layers.0.weight_hh_l0"];
    private static readonly int[] _history = [1, 2, 3];

    private static readonly SequenceDataset _data = ToySequences.Cycle(users: 24, Items, minEvents: 3, maxEvents: 9);
    private static readonly TransferOptions _on =
        new() { From = "source", Heads = 2, Width = 8, Layers = 1, Schedule = new() { Cycle = 3 } };

    /// <summary>Replicas, and what is transferred.</summary>
    public static TheoryData<int, string> Cases => new()
    {
        { 2, "residual" },
        { 1, "residual" },
        { 1, "mergenet" },
        { 2, "row-aligned" },
        { 1, "self" },
        { 2, "noise" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_run_that_was_cut_off_ends_as_one_that_was_not(int replicas, string transfer)
    {
        using var folder = new TemporaryFolder();
        var recipe = Recipe(replicas, Options(transfer));
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

    [Fact]
    public void The_first_step_is_that_of_the_model_alone_to_the_bit_and_later_ones_are_not()
    {
        var (alone, transferred) = (Losses(null), Losses(_on));
        Assert.True(alone.Count > 6, $"{alone.Count} steps of an epoch; more than two transfers are needed");
        Assert.Equal(alone[0], transferred[0]);
        Assert.NotEqual(alone[^1], transferred[^1]);

        static List<double> Losses(TransferOptions? options)
        {
            var losses = new List<double>();
            var progress = new OnProgress(p => { if (p.Epoch == 1 && p.Step > 0) losses.Add(p.Loss); });
            Recipe(1, options).Train(
                _data, _data.ButLast(), null, progress: progress, pauseAfter: 1, source: Source(),
                cancel: TestContext.Current.CancellationToken);
            return losses;
        }
    }

    [Fact]
    public void Before_the_first_step_the_adapters_leave_every_weight_and_every_score_as_it_is()
    {
        using var scope = NewDisposeScope();
        using var model = Recipe(1, _on).Build(Items);
        model.eval();
        var (weights, scores) = (Values.Of(model), Scores());
        using var part = new TransferLearning([model], Source(), _on, seed: 1);
        part.BeginEpoch(1);
        part.BeforeStep(1);
        Assert.Equal(1, part.Transfers);
        Assert.Equal(weights, Values.Of(model));
        Assert.Equal(scores, Scores());

        float[] Scores()
        {
            var all = new float[Items + 1];
            new DinScorer(model).Score([new History(_history, default)], all);
            return all;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Without_a_transfer_it_trains_as_if_alone_to_the_bit(int replicas)
    {
        var alone = Train(Recipe(replicas, transfer: null));
        foreach (var options in (TransferOptions[])
            [
                _on with { Schedule = new() { Cycle = null } }, _on with { Control = TransferControl.None }, _on with { Alpha = 0 },
                _on with { Schedule = new() { WarmupSteps = 1000 } },
            ])
        {
            var trained = Train(Recipe(replicas, options));
            Assert.Equal(alone.Losses, trained.Losses);
            Assert.Equal(Values.Of(alone.Model), Values.Of(trained.Model));
        }
    }

    /// <summary>What an adapter adds starts at 0, so that a change says that it has learned.</summary>
    [Theory]
    [InlineData(NextItemLoss.SampledSoftmax)]
    [InlineData(NextItemLoss.Bce)]
    public void Each_matrix_s_gradient_reaches_its_adapter_those_of_the_attention_too(NextItemLoss loss)
    {
        using var folder = new TemporaryFolder();
        var recipe = Recipe(2, _on with
        {
            Pairs = [.. _matrices.Select(name => new ParameterPair($"{name}.weight", _read))],
        });
        Train(recipe with { Loss = recipe.Loss with { Kind = loss } }, folder["run"]);
        var changes = Changes(folder["run"]);
        Assert.Equal(_matrices.Order(StringComparer.Ordinal), changes.Keys.Order(StringComparer.Ordinal));
        Assert.All(changes, change => Assert.True(
            change.Value.Any(x => x != 0) && change.Value.All(float.IsFinite), $"the adapter of {change.Key} has learned nothing"));
    }

    [Fact]
    public void Where_no_pairs_are_named_every_matrix_of_its_layers_takes_part_and_the_item_table_does_not()
    {
        using var folder = new TemporaryFolder();
        Train(Recipe(1, _on), folder["run"]);
        Assert.Equal(_matrices.Order(StringComparer.Ordinal), Changes(folder["run"]).Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_trained_has_the_parameters_of_the_model_alone(int replicas, string transfer)
    {
        var recipe = Recipe(replicas, Options(transfer)) with { Training = Training(replicas) with { Epochs = 1 } };
        Assert.Equal(
            recipe.Build(Items).named_parameters().Select(p => (p.name, string.Join(",", p.parameter.shape))),
            Train(recipe).Model.named_parameters().Select(p => (p.name, string.Join(",", p.parameter.shape))));
    }

    [Fact]
    public void A_checkpoint_of_another_source_is_no_checkpoint_of_this_training()
    {
        using var folder = new TemporaryFolder();
        Train(Recipe(1, _on), folder["run"]);
        Assert.Throws<CheckpointException>(() => Train(Recipe(1, _on), folder["run"], Source(seed: 7)));
        Assert.Throws<CheckpointException>(() => Train(Recipe(1, null), folder["run"]));
    }

    [Fact]
    public void Settings_that_DIN_cannot_have_are_refused()
    {
        var recipe = Recipe(1, _on with { From = TransferOptions.Beside });
        Assert.Contains("no model is trained beside DIN", Assert.Single(recipe.Validate()), StringComparison.Ordinal);
        var text = new TextOptions { Enabled = true };
        TextOptions[] joining = [text, text with { Score = false }, text with { Score = false, Categories = false, Start = false }];
        Assert.All(joining, options => Assert.True(IsRefused(options), options.ToString()));
        Assert.False(IsRefused(text with { Score = false, Categories = false }));
        Assert.False(IsRefused(new()));

        static bool IsRefused(TextOptions options) => (Recipe(1, null) with { Text = options }).Validate()
            .Any(fault => fault.Contains("nothing joins its scores", StringComparison.Ordinal));
    }

    private static TransferOptions Options(string name) => name switch
    {
        "residual" => _on,
        "mergenet" => _on with { Adapter = AdapterKind.MergeNet },
        "row-aligned" => _on with { Adapter = AdapterKind.RowAligned },
        "noise" => _on with { Control = TransferControl.Noise },
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

    private static DinRecipe Recipe(int replicas, TransferOptions? transfer) => new()
    {
        Model = new() { Width = 8, AttentionHidden = 6, Hidden = 12, LastHidden = 6, Window = 6, Dropout = 0.2 },
        Loss = new() { TokenBudget = 24, Negatives = 5 },
        Training = Training(replicas),
        Transfer = transfer,
    };

    private static TransferSource Source(int seed = 6)
    {
        manual_seed(seed);
        using var network = new SequenceModel(Items, new Gru4Rec(new() { Width = 8, Window = 6 }, new Noise(1)));
        return TransferSource.Of(network);
    }

    /// <summary>ΔW of each matrix that has one, by the name of its layer.</summary>
    private static Dictionary<string, float[]> Changes(string checkpoint)
    {
        const string Prefix = "transfer.change.", Suffix = ".weight";
        return SafetensorsFile.Load(checkpoint).Tensors
            .Where(t => t.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Key[Prefix.Length..^Suffix.Length], t => t.Value.As<float>().ToArray(), StringComparer.Ordinal);
    }

    private static (Din Model, double[] Losses) Train(DinRecipe recipe, string? checkpoint = null, TransferSource? source = null)
    {
        var (model, result) = recipe.Train(
            _data, _data.ButLast(), ToySequences.LastItems(_data), checkpoint, source: source ?? Source(),
            cancel: TestContext.Current.CancellationToken);
        return (model, [.. result.Epochs.Select(epoch => epoch.Loss)]);
    }
}
