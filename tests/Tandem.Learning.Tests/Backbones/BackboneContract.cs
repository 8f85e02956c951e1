using Tandem.Data.Batches;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>What every <see cref="Backbone"/> promises.</summary>
public abstract class BackboneContract
{
    protected const int Items = 20;
    protected const int Window = 8;
    private const int Width = 12;

    private static readonly long[] _history = [1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly long[] _times = [100, 130, 130, 900, 90_000, 90_001, 5_000_000, 5_000_060];

    /// <summary>A backbone of small shape, otherwise as its tests like it.</summary>
    protected abstract Backbone Create(int width, int window, double dropout, Noise noise);

    /// <summary>Those of the backbone, in ordinal order.</summary>
    protected abstract IReadOnlyList<string> ParameterNames { get; }

    [Fact]
    public void Parameters_carry_the_approved_names()
    {
        using var model = Model();
        Assert.Equal(
            [.. ParameterNames.Select(name => $"backbone.{name}"), "items.weight"],
            model.named_parameters().Select(p => p.name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_state_is_as_wide_as_an_item_at_every_length()
    {
        using var model = Model();
        Assert.Equal((Width, Window), (model.Backbone.Width, model.Backbone.Window));
        using var mode = no_grad();
        for (var T = 1; T <= Window; T++)
        {
            using var scope = NewDisposeScope();
            Assert.Equal([3, T, Width], model.Encode(rand(3, T, Width), Times(model, 3, _times[..T])).shape);
        }
    }

    [Fact]
    public void Future_events_do_not_change_past_states()
    {
        using var model = Model();
        var states = States(model, _history, _times);
        for (var changed = 1; changed < Window; changed++)
        {
            var (history, times) = (_history.ToArray(), _times.ToArray());
            for (var t = changed; t < Window; t++) (history[t], times[t]) = (20 - t, 9_000_000 + 1000 * t);
            var others = States(model, history, times);
            for (var t = 0; t < changed; t++) Close.Row(states[t], others[t], tolerance: 1e-6);
            Assert.NotEqual(states[changed], others[changed]);
        }
    }

    [Fact]
    public void Padding_on_the_right_changes_nothing()
    {
        using var model = Model();
        var bare = States(model, [7, 8, 9], [10, 20, 3000]);
        var padded = States(model, [7, 8, 9, 0, 0, 0, 0], [10, 20, 3000, 0, 0, 0, 0]);
        for (var t = 0; t < 3; t++) Close.Row(bare[t], padded[t], tolerance: 1e-6);
    }

    [Fact]
    public void Rows_of_a_batch_do_not_see_each_other()
    {
        using var model = Model();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        long[] times = [1, 2, 3, 40, 500, 6000];
        var both = model.Encode(model.Items.Gather([1, 2, 3, 4, 5, 6]).view(2, 3, -1), tensor(times, 2, 3));
        Close.Row(States(model, [4, 5, 6], times[3..])[2], Values.Of(both[1, 2]), tolerance: 1e-6);
    }

    [Fact]
    public void The_order_of_the_history_matters()
    {
        using var model = Model();
        Assert.NotEqual(States(model, [1, 2, 3], times: null)[2], States(model, [2, 1, 3], times: null)[2]);
    }

    [Fact]
    public void Dropout_works_in_training_alone()
    {
        using var model = Model(dropout: 0.5);
        Assert.Equal(States(model, [1, 2], times: null)[1], States(model, [1, 2], times: null)[1]);
        model.train();
        Assert.NotEqual(States(model, [1, 2], times: null)[1], States(model, [1, 2], times: null)[1]);
    }

    [Fact]
    public void Gradients_reach_every_parameter_and_every_item()
    {
        using var model = Model();
        model.train();
        using var scope = NewDisposeScope();
        var states = model.Encode(model.Items.Gather(_history).unsqueeze(0), Times(model, 1, _times));
        (states * randn(states.shape)).sum().backward();
        foreach (var (name, parameter) in model.Backbone.named_parameters())
            Assert.True(parameter.grad is { } gradient && Values.Of(gradient).Any(g => g != 0), $"{name} learns nothing");
        var rows = Values.Of(Assert.Single(model.Items.Gathered).Rows.grad!);
        Assert.DoesNotContain(rows.Chunk(Width), row => row.All(g => g == 0));
        model.Items.Forget();
    }

    [Fact]
    public void A_forward_and_backward_pass_leaves_no_tensor_behind()
    {
        using var model = Model(dropout: 0.5);
        model.train();
        LiveTensors.AssertKept(() =>
        {
            using (NewDisposeScope())
                model.Encode(model.Items.Gather(_history).unsqueeze(0), Times(model, 1, _times)).sum().backward();
            model.Items.Forget();
        });
    }

    [Fact]
    public void A_seed_gives_the_same_weights_and_masks_again()
    {
        var (first, again, other) = (Draw(seed: 3), Draw(seed: 3), Draw(seed: 4));
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        float[] Draw(int seed)
        {
            manual_seed(seed);
            using var model = new SequenceModel(Items, Create(Width, Window, dropout: 0.3, new Noise(seed)));
            using var scope = NewDisposeScope();
            return Values.Of(model.Encode(ones(1, 4, Width)));
        }
    }

    [Fact]
    public void It_learns_which_item_follows()
    {
        var data = ToySequences.Cycle(users: 60, Items, minEvents: 5, maxEvents: 9);
        manual_seed(1);
        var replicas = Replica.Create(1, noise => new SequenceModel(Items, Create(width: 24, Window, dropout: 0, noise)));
        var options = new TrainingOptions { Epochs = 30, Seed = 1, Optimizer = new() { LearningRate = 0.01 } };
        var task = new NextItemTask(replicas, new() { Negatives = 32, TokenBudget = 100 }, 1, data.Whole(), validation: null);
        var result = new TrainingLoop<SequenceBatch>(task, options, "toy").Run(cancel: TestContext.Current.CancellationToken);
        // Histories of one item, as no user was trained on: only the pattern itself can answer them.
        var cases = new RankedCases(Items, i => new[] { i + 1 }, i => (i + 1) % Items + 1);
        using var scorer = new SequenceScorer((SequenceModel)replicas[0].Network);
        var hits = FullRanking.Ranks(scorer, cases, maskSeen: true).Count(rank => rank == 1);
        Assert.True(hits > 0.9 * Items, $"{hits} of {Items} right after a loss of {result.Epochs[^1].Loss:0.000}");
    }

    [Fact]
    public void A_loaded_model_gives_the_states_of_the_saved_one()
    {
        using var folder = new TemporaryFolder();
        using var saved = Model();
        Checkpoint.SaveWeights(saved, folder["weights.safetensors"]);
        using var loaded = new SequenceModel(Items, Create(Width, Window, dropout: 0, new Noise(2)));
        loaded.eval();
        var expected = States(saved, _history, _times);
        Assert.NotEqual(expected[^1], States(loaded, _history, _times)[^1]);
        Checkpoint.LoadWeights(loaded, folder["weights.safetensors"]);
        Assert.Equal(expected, States(loaded, _history, _times));
    }

    [Fact]
    public void Changes_of_zero_in_every_slot_change_no_bit_and_others_change_their_row_alone()
    {
        using var model = Model();
        var slots = new WeightSlots(model);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var (x, times) = (model.Items.Gather([.. _history, .. _history]).view(2, Window, -1), Times(model, 2, _times));
        var alone = Values.Of(model.Encode(x, times));
        using (slots.Change(
            slots.Names.ToDictionary(name => name, name => new WeightDelta { Weight = zeros([2, .. slots[name].Weight.shape]) })))
        {
            Assert.Equal(alone, Values.Of(model.Encode(x, times)));
        }

        foreach (var name in slots.Names)
        {
            var second = zeros([2, .. slots[name].Weight.shape]);
            second[1].uniform_(-1, 1);
            using var change = slots.Change(new Dictionary<string, WeightDelta> { [name] = new() { Weight = second } });
            var states = Values.Of(model.Encode(x, times));
            Assert.Equal(alone[..(Window * Width)], states[..(Window * Width)]);
            Assert.NotEqual(alone[(Window * Width)..], states[(Window * Width)..]);
        }
    }

    [Fact]
    public void Changes_of_pointwise_layers_at_one_event_change_its_state_alone()
    {
        using var model = Model();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var (x, times) = (model.Items.Gather(_history).unsqueeze(0), Times(model, 1, _times));
        var alone = Values.Of(model.Encode(x, times));
        foreach (var name in model.Backbone.PointwiseLayers.Select(name => $"backbone.{name}"))
        {
            for (var place = 0; place < Window; place++)
            {
                var weight = zeros([Window, .. model.Slots[name].Weight.shape]);
                weight[place].uniform_(-1, 1);
                using var change = model.Slots.Change(new Dictionary<string, WeightDelta> { [name] = new() { Weight = weight } });
                var states = Values.Of(model.Encode(x, times));
                var (first, end) = (place * Width, (place + 1) * Width);
                Assert.Equal(alone[..first], states[..first]);
                Assert.NotEqual(alone[first..end], states[first..end]);
                Assert.Equal(alone[end..], states[end..]);
            }
        }
    }

    private SequenceModel Model(double dropout = 0)
    {
        var model = new SequenceModel(Items, Create(Width, Window, dropout, new Noise(1)));
        Values.Scatter(model, 0.5);
        model.eval();
        return model;
    }

    /// <summary>[T][D] the state at each step.</summary>
    private static float[][] States(SequenceModel model, long[] history, long[]? times)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var states = model.Encode(model.Items.Gather(history).unsqueeze(0), times is null ? null : Times(model, 1, times));
        return [.. Enumerable.Range(0, history.Length).Select(t => Values.Of(states[0, t]))];
    }

    /// <summary>[rows, T] the same times in every row; null where the backbone has no use for them.</summary>
    private static Tensor? Times(SequenceModel model, int rows, long[] times) =>
        model.Backbone.UsesTimes ? tensor(times).unsqueeze(0).repeat(rows, 1) : null;
}
