using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Learning.Transfer;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Transfer;

/// <summary>A source that is trained in step with the target.</summary>
public class ModelBesideTests
{
    private const int Items = 15;

    private static readonly SequenceDataset _data = ToySequences.Cycle(users: 24, Items, minEvents: 3, maxEvents: 9);

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void A_run_that_was_cut_off_ends_as_one_that_was_not(bool back, int replicas)
    {
        using var folder = new TemporaryFolder();
        var recipe = Recipe(replicas) with { Beside = Beside(back) };
        var whole = Train(recipe);
        using var stop = new CancellationTokenSource();
        var cut = new OnProgress(p => { if (p.Epoch == 3 && p.Step == 2) stop.Cancel(); });
        Assert.Throws<OperationCanceledException>(() => recipe.Train(
            _data, _data.ButLast(), ToySequences.LastItems(_data), folder["run"], cut, cancel: stop.Token));
        Same(whole, Train(recipe, folder["run"]));
    }

    [Fact]
    public void What_is_beside_changes_the_target_by_its_transfers_alone()
    {
        var joint = Recipe(replicas: 2) with { Beside = Beside(back: false) };
        var alone = Train(joint with { Transfer = null, Beside = null });
        Assert.NotEqual(alone.Losses, Train(joint).Losses);
        Same(alone, Train(joint with { Transfer = joint.Transfer! with { Schedule = new() { Cycle = null } } }));
        // What the target gives back comes to it again with the next transfer.
        Assert.NotEqual(Train(joint).Losses, Train(joint with { Beside = Beside(back: true) }).Losses);
    }

    [Fact]
    public void Transfers_read_the_weights_of_the_moment()
    {
        using var scope = NewDisposeScope();
        using var network = Linears.Xavier(3, 2);
        var source = TransferSource.Beside(network);
        var pair = new ParameterPair("weight", ["weight"]);
        var before = Values.Of(network.Weight);
        var noise = Read(TransferControl.Noise);
        using (no_grad()) network.Weight.fill_(TensorArithmetic.One);
        Assert.All(Read(TransferControl.Real), value => Assert.Equal(1, value));
        Assert.Equal(before, Read(TransferControl.Untrained));
        Assert.True(new SourceRows(source, pair, new(), 1, 0).Changes);
        Assert.False(new SourceRows(source, pair, new() { Control = TransferControl.Noise }, 1, 0).Changes);
        Assert.NotEqual(noise, before);

        float[] Read(TransferControl control) => Values.Of(new SourceRows(source, pair, new() { Control = control }, 1, 0).Read());
    }

    [Fact]
    public void A_source_beside_that_is_not_there_is_refused()
    {
        Assert.Contains(
            (Recipe(1) with { Beside = null }).Validate(), fault => fault.Contains("beside.backbone.kind", StringComparison.Ordinal));
        Assert.Contains(
            (Recipe(1) with { Transfer = null, Beside = Beside(back: false) }).Validate(),
            fault => fault.Contains("transfer.from=beside", StringComparison.Ordinal));
        Assert.Empty((Recipe(1) with { Beside = Beside(back: true) }).Validate());
    }

    private static void Same(
        (SortedDictionary<string, float[]> Weights, double[] Losses) expected,
        (SortedDictionary<string, float[]> Weights, double[] Losses) actual)
    {
        Assert.Equal(expected.Losses, actual.Losses);
        Assert.Equal(expected.Weights, actual.Weights);
    }

    private static BesideOptions Beside(bool back) => new() { Backbone = new Gru4RecOptions { Width = 8, Window = 6 }, Back = back };

    private static SequenceRecipe Recipe(int replicas) => new()
    {
        Backbone = new SasRecOptions { Width = 8, Window = 6, Blocks = 1, Heads = 1 },
        Loss = new() { TokenBudget = 24, Negatives = 8 },
        Training = new() { Epochs = 4, Seed = 3, Replicas = replicas, ValidateEvery = 1, Patience = 9 },
        Transfer = new() { From = TransferOptions.Beside, Heads = 2, Width = 8, LearningRate = 0.1, Schedule = new() { Cycle = 1 } },
    };

    private static (SortedDictionary<string, float[]> Weights, double[] Losses) Train(SequenceRecipe recipe, string? checkpoint = null)
    {
        var (model, result) = recipe.Train(
            _data, _data.ButLast(), ToySequences.LastItems(_data), checkpoint, cancel: TestContext.Current.CancellationToken);
        using (model) return (Values.Of(model), [.. result.Epochs.Select(epoch => epoch.Loss)]);
    }
}
