using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

public class DinTests
{
    private const int Items = 20;
    private static readonly DinOptions _options =
        new() { Width = 5, AttentionHidden = 4, Hidden = 7, LastHidden = 3, Window = 8, Dropout = 0 };

    [Fact]
    public void Parameters_carry_the_approved_names()
    {
        using var model = Model();
        Assert.Equal(
            [
                "attention_history.bias",
                "attention_history.weight",
                "attention_output.bias",
                "attention_output.weight",
                "attention_product.weight",
                "attention_slope.weight",
                "attention_target.weight",
                "hidden.bias",
                "hidden.weight",
                "hidden_slope.weight",
                "items.weight",
                "last_hidden.bias",
                "last_hidden.weight",
                "last_hidden_slope.weight",
                "output.bias",
                "output.weight",
            ],
            model.named_parameters().Select(p => p.name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_score_equals_the_formula_by_hand()
    {
        using var model = Model();
        int[][] histories = [[3, 7, 3], [9]];
        int[][] targets = [[1, 7, 12, 20], [9, 2, 3, 4]];
        var (oracle, scores) = (new DinOracle(new PlainLayers(model), _options.Width), Scores(model, histories, targets));
        for (var row = 0; row < 2; row++)
        {
            var expected = targets[row].Select(target => (float)oracle.Score(histories[row], target)).ToArray();
            Close.Row(expected, scores[row], tolerance: 1e-5);
        }
    }

    [Fact]
    public void Targets_shared_by_all_rows_score_as_targets_of_each_row()
    {
        using var model = Model();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var (history, mask) = Embed(model, [[3, 7, 3], [9]]);
        var targets = model.Items.Gather([4, 5, 6, 7]);
        var each = model.Score(history, mask, targets.unsqueeze(0).repeat(2, 1, 1));
        Close.Row(Values.Of(each), Values.Of(model.Score(history, mask, targets)), tolerance: 1e-6);
    }

    [Fact]
    public void More_targets_than_a_tile_holds_score_as_alone()
    {
        // 8 steps × 200: a tile of 2²⁰ places holds 655 targets.
        using var model = new Din(2000, _options with { AttentionHidden = 200 }, new Noise(1));
        Values.Scatter(model, 0.5);
        model.eval();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var (history, mask) = Embed(model, [[1, 2, 3, 4, 5, 6, 7, 8]]);
        var all = Values.Of(model.Score(history, mask, model.Items.Weight));
        Assert.Equal(2001, all.Length);
        foreach (var item in new[] { 1, 654, 655, 656, 1310, 2000 })
        {
            var alone = Values.Of(model.Score(history, mask, model.Items.Gather([item])));
            Close.Row([all[item]], alone, tolerance: 1e-5);
        }
    }

    [Fact]
    public void Padding_changes_nothing_wherever_it_stands()
    {
        using var model = Model();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var bare = Scores(model, [[3, 7]], [[1, 2, 3]])[0];
        var history = model.Items.Gather([0, 3, 15, 7]).unsqueeze(0);
        var padded = model.Score(history, tensor(new float[] { 0, 1, 0, 1 }, 1, 4), model.Items.Gather([1, 2, 3]));
        Close.Row(bare, Values.Of(padded), tolerance: 1e-6);
    }

    [Fact]
    public void Attention_is_no_softmax_so_an_item_twice_counts_twice()
    {
        using var model = Model();
        Assert.NotEqual(Scores(model, [[3]], [[1]])[0], Scores(model, [[3, 3]], [[1]])[0]);
    }

    [Fact]
    public void Gradients_reach_every_parameter_and_every_item()
    {
        using var model = Model();
        model.train();
        using (NewDisposeScope())
        {
            var (history, mask) = Embed(model, [[3, 7, 3], [9, 2, 1]]);
            var scores = model.Score(history, mask, model.Items.Gather([4, 5, 6]));
            (scores * randn(scores.shape)).sum().backward();
        }

        foreach (var (name, parameter) in model.named_parameters().Where(p => p.parameter.requires_grad))
            Assert.True(parameter.grad is { } gradient && Values.Of(gradient).Any(g => g != 0), $"{name} learns nothing");
        Assert.Equal(2, model.Items.Gathered.Count);
        foreach (var (_, rows) in model.Items.Gathered)
            Assert.DoesNotContain(Values.Of(rows.grad!).Chunk(_options.Width), row => row.All(g => g == 0));
        model.Items.Forget();
    }

    [Fact]
    public void A_forward_and_backward_pass_leaves_no_tensor_behind()
    {
        using var model = new Din(Items, _options with { Dropout = 0.5 }, new Noise(1));
        model.train();
        LiveTensors.AssertKept(() =>
        {
            using (NewDisposeScope())
            {
                var (history, mask) = Embed(model, [[3, 7, 3], [9]]);
                model.Score(history, mask, model.Items.Gather([4, 5, 6])).sum().backward();
            }

            model.Items.Forget();
        });
    }

    [Fact]
    public void Dropout_works_in_training_alone()
    {
        using var model = new Din(Items, _options with { Dropout = 0.5 }, new Noise(1));
        Values.Scatter(model, 0.5);
        model.eval();
        Assert.Equal(Scores(model, [[3]], [[1]])[0], Scores(model, [[3]], [[1]])[0]);
        model.train();
        Assert.NotEqual(Scores(model, [[3]], [[1]])[0], Scores(model, [[3]], [[1]])[0]);
    }

    [Fact]
    public void A_loaded_model_scores_as_the_saved_one()
    {
        using var folder = new TemporaryFolder();
        using var saved = Model();
        Checkpoint.SaveWeights(saved, folder["weights.safetensors"]);
        using var loaded = new Din(Items, _options, new Noise(2));
        Checkpoint.LoadWeights(loaded, folder["weights.safetensors"]);
        Assert.Equal(Scores(saved, [[3, 7]], [[1, 2]])[0], Scores(loaded, [[3, 7]], [[1, 2]])[0]);
    }

    [Fact]
    public void Options_name_every_fault()
    {
        Assert.Empty(new DinOptions().Validate());
        Assert.Equal(
            [
                "width 0; at least 1 is needed",
                "attention hidden width 0; at least 1 is needed",
                "hidden width 0; at least 1 is needed",
                "last hidden width 0; at least 1 is needed",
                "window 0; at least 1 item is needed",
                "dropout 1 is not in [0, 1)",
            ],
            new DinOptions { Width = 0, AttentionHidden = 0, Hidden = 0, LastHidden = 0, Window = 0, Dropout = 1 }.Validate());
    }

    private static Din Model()
    {
        var model = new Din(Items, _options, new Noise(1));
        Values.Scatter(model, 0.6);
        model.eval();
        return model;
    }

    /// <summary>[B][N].</summary>
    private static float[][] Scores(Din model, int[][] histories, int[][] targets)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var (history, mask) = Embed(model, histories);
        var ids = targets.SelectMany(row => row).Select(item => (long)item).ToArray();
        var scores = model.Score(history, mask, model.Items.Gather(ids).view(targets.Length, targets[0].Length, -1));
        return [.. Enumerable.Range(0, targets.Length).Select(row => Values.Of(scores[row]))];
    }

    private static (Tensor History, Tensor Mask) Embed(Din model, int[][] histories)
    {
        var steps = histories.Max(history => history.Length);
        var (ids, mask) = (new long[histories.Length * steps], new float[histories.Length * steps]);
        for (var row = 0; row < histories.Length; row++)
        {
            for (var t = 0; t < histories[row].Length; t++) (ids[row * steps + t], mask[row * steps + t]) = (histories[row][t], 1);
        }

        return (model.Items.Gather(ids).view(histories.Length, steps, -1), tensor(mask, histories.Length, steps));
    }
}
