using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Network;
using Tandem.Learning.Layers;
using Tandem.Learning.Tests.Training;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Codes.Network;

public sealed class ParallelModelTests
{
    private const int Items = 9;
    private const double Temperature = 0.5;

    private static readonly ItemCodes _codes = new(3, 4, [.. Enumerable.Range(0, Items * 3).Select(i => (ushort)(i * i % 7 % 4))]);

    [Fact]
    public void An_item_is_the_mean_of_its_code_vectors_and_padding_is_nothing()
    {
        using var model = Model();
        var (table, width) = (Values.Of(model)["codes"], model.Backbone.Width);
        using var items = model.Items([3, 0, 3, Items]);
        var rows = Values.Of(items).Chunk(width).ToArray();
        Assert.All(rows[1], value => Assert.Equal(0, value));
        foreach (var (row, item) in new[] { (0, 3), (2, 3), (3, Items) })
        {
            for (var d = 0; d < width; d++)
            {
                var mean = Enumerable.Range(0, 3).Average(level => table[(level * 4 + _codes[item][level]) * width + d]);
                Assert.Equal(mean, rows[row][d], 1e-6);
            }
        }
    }

    [Fact]
    public void The_gradient_of_the_means_is_that_of_plain_operations()
    {
        using var model = Model();
        var parameter = model.named_parameters().Single(p => p.name == "codes").parameter;
        long[] ids = [3, 0, 3, Items];
        using var weights = randn(ids.Length, model.Backbone.Width);
        (model.Items(ids) * weights).sum().backward();
        var found = Values.Of(parameter.grad!);
        parameter.grad!.zero_();
        var rows = ids.Where(id => id != 0)
            .SelectMany(id => Enumerable.Range(0, 3).Select(level => (long)(level * 4 + _codes[(int)id][level])));
        using var plain = parameter.index_select(0, tensor(rows.ToArray())).view(3, 3, -1).mean([1L]);
        (plain * weights.index_select(0, tensor(new long[] { 0, 2, 3 }))).sum().backward();
        Tandem.Tests.Close.Row(Values.Of(parameter.grad!), found, 1e-5);
    }

    [Fact]
    public void The_loss_is_the_mean_of_the_cross_entropies_of_all_codes()
    {
        using var model = Model();
        int[][] sequences = [[1, 5, 2], [7, 3, 9, 4]];
        var batch = ToySequences.Batch(sequences);
        var task = new ParallelTask([new(model, new Noise(1))], Options, seed: 1, TrainingSequences.Of(Items, sequences), null);
        using var loss = task.Loss(batch, 0);
        var expected = sequences.SelectMany(sequence => Enumerable.Range(1, sequence.Length - 1)
            .SelectMany(t => CrossEntropies(model, sequence[..t], sequence[t]))).ToArray();
        Assert.Equal(3 * 5, expected.Length);
        Assert.Equal(expected.Average(), loss.item<float>(), 1e-5);
    }

    [Fact]
    public void The_gradient_of_the_loss_is_that_of_plain_operations()
    {
        using var model = Model();
        using var states = randn(5, model.Backbone.Width);
        states.requires_grad_(true);
        var targets = Enumerable.Range(0, 3 * 5).Select(i => i * 7 % 4).ToArray();
        using var loss = model.Loss(states, targets);
        loss.backward();
        var found = Gradients();
        using var logits = model.Logits(states).flatten(0, 1);
        using var plain = nn.functional.cross_entropy(logits, tensor(Array.ConvertAll(targets, code => (long)code)));
        plain.backward();
        var expected = Gradients();
        Assert.Equal(plain.item<float>(), loss.item<float>(), 1e-5);
        Assert.Equal(["codes", "head_biases", "heads", "states"], found.Keys);
        foreach (var (name, gradient) in expected) Tandem.Tests.Close.Row(gradient, found[name], 1e-5);

        SortedDictionary<string, float[]> Gradients()
        {
            var gradients = new SortedDictionary<string, float[]>();
            var parameters = model.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Append(("states", states));
            foreach (var (name, tensor) in parameters)
            {
                if (tensor.grad is not { } gradient) continue;
                gradients[name] = Values.Of(gradient);
                gradient.zero_();
            }

            return gradients;
        }
    }

    [Fact]
    public void Bfloat16_leaves_the_direction_of_the_gradient()
    {
        using var model = Model();
        var targets = Enumerable.Range(0, 3 * 64).Select(i => i * 7 % 4).ToArray();
        using var drawn = randn(64, model.Backbone.Width);
        var (exact, rounded) = (Gradient(false), Gradient(true));
        var (dot, squares, others) = (0.0, 0.0, 0.0);
        for (var i = 0; i < exact.Length; i++)
            (dot, squares, others) = (dot + exact[i] * rounded[i], squares + exact[i] * exact[i], others + rounded[i] * rounded[i]);
        Assert.InRange(dot / Math.Sqrt(squares * others), 0.99, 1);
        Assert.NotEqual(exact, rounded);

        float[] Gradient(bool brainFloat)
        {
            using var states = drawn.clone().requires_grad_(true);
            using var loss = model.Loss(states, targets, brainFloat);
            loss.backward();
            return Values.Of(states.grad!);
        }
    }

    [Fact]
    public void No_state_sees_what_comes_after_it()
    {
        using var model = Model();
        using var mode = inference_mode();
        float[] Logits(params long[] ids) =>
            Values.Of(model.Logits(model.Backbone.forward(model.Items(ids).view(1, ids.Length, -1)).flatten(0, 1)).select(1, 1));
        Tandem.Tests.Close.Row(Logits(4, 6, 1, 2), Logits(4, 6, 9, 8), 1e-6);
        Assert.NotEqual(Logits(4, 6, 1), Logits(4, 5, 1));
    }

    [Fact]
    public void A_gradient_reaches_every_trained_parameter()
    {
        using var model = Model();
        int[][] sequences = [[1, 5, 2], [7, 3, 9, 4]];
        var task = new ParallelTask([new(model, new Noise(1))], Options, seed: 1, TrainingSequences.Of(Items, sequences), null);
        task.Loss(ToySequences.Batch(sequences), 0).backward();
        var parameters = model.named_parameters().ToLookup(p => p.parameter.requires_grad);
        var (trained, resting) = (parameters[true], parameters[false]);
        Assert.All(trained, p => Assert.True(Values.Of(p.parameter.grad!).Any(g => g != 0), p.name));
        Assert.Equal(["popularity"], resting.Select(p => p.name));
        Assert.Contains("heads", trained.Select(p => p.name));
    }

    [Fact]
    public void A_score_is_the_sum_of_the_log_probabilities_and_the_bonus()
    {
        using var model = Model();
        model.Count([0, .. Enumerable.Range(1, Items).Select(item => (long)item * item)]);
        var scores = new float[Items + 1];
        using var scorer = new ParallelScorer(model, popularityWeight: 0.25);
        scorer.Score([new[] { 2, 8, 5 }], scores);
        for (var item = 1; item <= Items; item++)
            Assert.Equal(-CrossEntropies(model, [2, 8, 5], item).Sum() + 0.25 * Math.Log(1 + item * item), scores[item], 1e-4);
    }

    [Fact]
    public void Of_items_of_equal_codes_the_one_with_more_events_stands_before()
    {
        var codes = new ItemCodes(2, 4, [1, 2, 0, 0, 1, 2]);
        using var model = new ParallelModel(codes, new SasRecOptions { Width = 8, Window = 4 }.Build(new Noise(1)), Temperature);
        model.Count([0, 3, 9, 4]);
        var scores = new float[4];
        using var usual = new ParallelScorer(model, new CodeLossOptions().InitialPopularityWeight);
        usual.Score([new[] { 2 }], scores);
        Assert.True(scores[3] > scores[1]);
        Assert.Equal(scores[1], scores[3], 1e-3);
        using var bare = new ParallelScorer(model, popularityWeight: 0);
        bare.Score([new[] { 2 }], scores);
        Assert.Equal(scores[1], scores[3]);
    }

    [Fact]
    public void A_step_leaves_no_tensors_behind()
    {
        using var model = Model();
        int[][] sequences = [[1, 5, 2], [7, 3, 9, 4]];
        var batch = ToySequences.Batch(sequences);
        var task = new ParallelTask([new(model, new Noise(1))], Options, seed: 1, TrainingSequences.Of(Items, sequences), null);
        LiveTensors.AssertKept(() =>
        {
            using var scope = NewDisposeScope();
            task.Loss(batch, 0).backward();
        });
        var scores = new float[Items + 1];
        using var scorer = new ParallelScorer(model, 0);
        LiveTensors.AssertKept(() => scorer.Score([new[] { 2 }], scores));
    }

    private static CodeLossOptions Options => new() { TokenBudget = 100, Temperature = Temperature };

    private static ParallelModel Model()
    {
        var model = new ParallelModel(
            _codes, new SasRecOptions { Width = 8, Window = 6, Heads = 2, Dropout = 0 }.Build(new Noise(1)), Temperature);
        Values.Scatter(model, 0.5);
        return model;
    }

    /// <summary>−log p of each code of an item after a history, by plain arithmetic on the backbone's state.</summary>
    private static double[] CrossEntropies(ParallelModel model, int[] history, int item)
    {
        using var mode = inference_mode();
        var (weights, D) = (Values.Of(model), model.Backbone.Width);
        var ids = Array.ConvertAll(history, id => (long)id);
        var state = Values.Of(model.Backbone.forward(model.Items(ids).view(1, ids.Length, -1)))[^D..];
        return [.. Enumerable.Range(0, 3).Select(level =>
        {
            var own = Enumerable.Range(0, D).Select(o =>
            {
                var z = weights["head_biases"][level * D + o]
                    + Enumerable.Range(0, D).Sum(i => (double)state[i] * weights["heads"][(level * D + i) * D + o]);
                return state[o] + z / (1 + Math.Exp(-z));
            }).ToArray();
            var logits = Enumerable.Range(0, 4).Select(code =>
            {
                var vector = weights["codes"].AsSpan((level * 4 + code) * D, D).ToArray();
                var product = own.Zip(vector, (a, b) => a * b).Sum();
                return product / Math.Sqrt(own.Sum(a => a * a)) / Math.Sqrt(vector.Sum(b => (double)b * b)) / Temperature;
            }).ToArray();
            return Math.Log(logits.Sum(Math.Exp)) - logits[_codes[item][level]];
        })];
    }
}
