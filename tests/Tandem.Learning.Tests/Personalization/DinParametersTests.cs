using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Personalization;

/// <summary>DIN with weights made for each history.</summary>
public sealed class DinParametersTests
{
    private const int Items = 20;
    private static readonly int[][] _histories = [[3, 7, 3], [9], [4, 12, 20, 1, 8], []];
    private static readonly ItemTerms _terms = new(9, [.. Enumerable.Range(1, Items).Select(item => new[] { item % 4, 4 + item / 5 })]);

    public static TheoryData<string> Sources =>
        ["duet", "duet, full", "duet, bias", "duet, output", "apg", "apg, full", "solid", "solid, full", "solid, means"];

    [Theory]
    [MemberData(nameof(Sources))]
    public void At_the_start_the_scores_are_those_of_the_model_without_to_the_bit(string source)
    {
        using var scope = NewDisposeScope();
        var (with, without) = (Model(source), new Din(Items, Shape(), new Noise(1)));
        Values.Scatter(without, 0.6);
        Copy(without, with);
        Assert.Equal(Scores(without, _histories), Scores(with, _histories));
        Values.Scatter(with.Parameters!, 0.5);
        foreach (var (plain, own) in Scores(without, _histories).Zip(Scores(with, _histories))) Assert.NotEqual(plain, own);
    }

    [Fact]
    public void A_source_changes_no_weight_that_the_seed_draws()
    {
        using var scope = NewDisposeScope();
        var recipe = new DinRecipe { Model = Shape(), Training = new() { Epochs = 1, Seed = 5 } };
        var (without, with) = (recipe.Build(Items), (recipe with { Parameters = Options("solid") }).Build(Items, terms: _terms));
        var values = Values.Of(with);
        Assert.All(Values.Of(without), p => Assert.Equal(p.Value, values[p.Key]));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_history_is_scored_as_alone_whatever_stands_beside_and_behind_it(string source)
    {
        using var scope = NewDisposeScope();
        var model = Scattered(source);
        var together = Scores(model, _histories);
        for (var row = 0; row < _histories.Length; row++) Close.Row(Scores(model, [_histories[row]])[0], together[row], tolerance: 1e-5);
        Close.Row(together[1], Scores(model, [_histories[1]], steps: 7)[0], tolerance: 1e-5);
        Assert.Equal(together[0], Scores(model, [_histories[0], [2], [5, 5, 6, 7, 1], [11]])[0]);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Weights_come_from_every_event_of_the_history(string source)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var model = Scattered(source);
        var numbers = Numbers(model, [1, 2, 3]);
        Assert.Equal(numbers, Numbers(model, [1, 2, 3]));
        foreach (var other in new long[][] { [1, 2, 8], [1, 8, 3], [8, 2, 3], [1, 2], [1, 2, 3, 4] })
            Assert.NotEqual(numbers, Numbers(model, other));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void More_targets_than_a_tile_holds_score_as_alone(string source)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var model = Scattered(source, Shape() with { AttentionHidden = 200 });
        var expected = Scores(model, [_histories[2]])[0];
        var (history, mask, ids) = Embed(model, [_histories[2]]);
        // 5 steps × 200: a tile of 2²⁰ places holds 1048 targets.
        var targets = model.Items.Gather([.. Enumerable.Range(0, 2200).Select(i => (long)i % (Items + 1))]);
        var scores = Values.Of(model.Score(history, mask, targets, model.Numbers(history, ids)));
        foreach (var some in scores.Chunk(Items + 1)) Close.Row(expected.AsSpan(0, some.Length), some, tolerance: 1e-5);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Weights_that_are_folded_for_a_history_answer_as_the_model_does(string source)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var model = Scattered(source);
        var expected = Scores(model, _histories);
        var (history, _, ids) = Embed(model, _histories);
        for (var row = 0; row < _histories.Length; row++)
        {
            var plain = new Din(Items, Shape(), new Noise(1));
            plain.eval();
            Copy(model, plain);
            using (model.Slots.Change(model.Parameters!.Changes(model.Numbers(history, ids)!)))
            {
                foreach (var (name, values) in model.Slots.Folded(row))
                    plain.named_parameters().Single(p => p.name == name).parameter.copy_(values);
            }

            Close.Row(expected[row], Scores(plain, [_histories[row]])[0], tolerance: 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void The_scorer_makes_the_weights_of_each_history(string source)
    {
        using var scope = NewDisposeScope();
        var model = Scattered(source);
        // More than a tile of users, with empty histories and ones beyond the window of 5 among them.
        int[][] histories = [.. Enumerable.Range(0, 40).Select(i => Enumerable.Range(i, i % 8).Select(x => x % Items + 1).ToArray())];
        var scores = new float[histories.Length * (Items + 1)];
        new DinScorer(model).Score([.. histories.Select(items => new History(items, default))], scores);
        for (var row = 0; row < histories.Length; row++)
        {
            var recent = histories[row][Math.Max(0, histories[row].Length - model.Window)..];
            Close.Row(Scores(model, [recent])[0], scores.AsSpan(row * (Items + 1), Items + 1), tolerance: 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_trained_tensor_learns_by_the_task(string source)
    {
        using var scope = NewDisposeScope();
        var model = Model(source);
        Values.Scatter(model.Items, 0.6);
        var trained = model.Parameters!.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name).ToArray();
        var before = Values.Of(model.Parameters);
        var optimizer = new AdamW([model], new() { LearningRate = 0.01, WeightDecay = 0 });
        if (model.Parameters.Codebook is { } book) SetCentres(book);
        model.train();
        var (task, batch) = Task(model);
        // What lies before the last map, which starts at 0, learns once that does.
        for (var step = 0; step < 4; step++)
        {
            using var steps = NewDisposeScope();
            task.Loss(batch, 0).backward();
            optimizer.Step();
            model.Items.Forget();
        }

        var after = Values.Of(model.Parameters);
        Assert.All(trained, name => Assert.False(before[name].SequenceEqual(after[name]), $"{name} has learned nothing"));
    }

    [Fact]
    public void The_loss_is_that_of_the_scores_and_the_sources_penalty()
    {
        using var scope = NewDisposeScope();
        var model = Scattered("solid", Shape());
        SetCentres(model.Parameters!.Codebook!);
        var (task, batch) = Task(model);
        var plain = task.Loss(batch, 0).item<float>();
        Assert.Null(model.Parameters.Penalty);
        (task, batch) = Task(model);                                                    // the same negatives again
        model.train();
        var loss = task.Loss(batch, 0).item<float>();
        Assert.Equal(plain + model.Parameters.Penalty!.item<float>(), loss, 5);
        Assert.True(loss > plain);
        model.Items.Forget();
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        using var outer = NewDisposeScope();
        var model = Scattered("solid", Shape() with { Dropout = 0.5 });
        SetCentres(model.Parameters!.Codebook!);
        model.train();
        var (task, batch) = Task(model);
        LiveTensors.AssertKept(() =>
        {
            using (NewDisposeScope()) task.Loss(batch, 0).backward();
            model.Items.Forget();
        });
        var scores = new float[2 * (Items + 1)];
        LiveTensors.AssertKept(() => new DinScorer(model).Score([new(_histories[0], default), new(_histories[3], default)], scores));
    }

    [Fact]
    public void What_cannot_be_read_is_refused()
    {
        using var scope = NewDisposeScope();
        var (with, without) = (Model("duet"), new Din(Items, Shape(), new Noise(1)));
        var (history, mask, ids) = Embed(with, _histories);
        var (targets, numbers) = (with.Items.Gather([1, 2]), with.Numbers(history, ids));
        Assert.Null(without.Numbers(history, ids));
        Refused(() => with.Score(history, mask, targets), "give the numbers");
        Refused(() => without.Score(history, mask, targets, numbers), "leave the numbers out");
        Refused(() => with.Numbers(history, [3, 0, 7, .. ids[3..]]), "history 0 has padding before an event");
        Refused(() => with.Numbers(history, ids[1..]), "19 item ids for 4 histories of 5 places");
        Refused(() => new Din(Items + 1, Shape(), new Noise(1), Options("solid"), _terms), "terms of 20 items for a model of 21");
        Refused(() => new Din(Items, Shape(), new Noise(1), Options("solid")), "what items are like");
        Refused(() => new Din(Items, Shape(), new Noise(1), Options("duet") with { Layers = ["attention_history"] }),
            "expected some of hidden, last_hidden, output");

        static void Refused(Func<object?> work, string expected) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(work).Message, StringComparison.Ordinal);
    }

    private static (TargetAwareTask Task, SequenceBatch Batch) Task(Din model)
    {
        int[][] sequences = [[3, 7, 3, 2], [9, 1], [4, 12, 20, 1, 8, 16]];
        var task = new TargetAwareTask(
            [new(model, new Noise(1))], new() { Negatives = 6 }, seed: 1, TrainingSequences.Of(Items, sequences), validation: null);
        return (task, task.BeginEpoch(1).MaxBy(batch => batch.Inputs.Length)!);
    }

    private static DinOptions Shape() => new() { Width = 5, AttentionHidden = 4, Hidden = 7, LastHidden = 3, Window = 5, Dropout = 0 };

    private static Din Model(string source, DinOptions? shape = null)
    {
        manual_seed(1);
        var model = new Din(Items, shape ?? Shape(), new Noise(1), Options(source), _terms);
        model.eval();
        return model;
    }

    private static Din Scattered(string source, DinOptions? shape = null)
    {
        var model = Model(source, shape);
        Values.Scatter(model, 0.5);
        return model;
    }

    private static ParameterOptions Options(string source)
    {
        var parts = source.Split(", ");
        var options = new ParameterOptions
        {
            Source = Enum.Parse<ParameterSourceKind>(parts[0], ignoreCase: true),
            Absent = 0,
            Rank = 2,
            Width = 6,
            Solid = new() { Codebook = CodebookKind.Learned, CodebookSize = 4 },
        };
        return parts.ElementAtOrDefault(1) switch
        {
            "full" => options with { Form = GeneratedForm.Full },
            "bias" => options with { Form = GeneratedForm.Bias },
            "means" => options with { Encoder = ConditionEncoderKind.Means },
            "output" => options with { Layers = ["output"] },
            _ => options,
        };
    }

    private static void SetCentres(SemanticCodebook book) =>
        book.Centres = [.. Enumerable.Range(0, book.Size * book.Width).Select(i => (i % 7 - 3) / 4f)];

    /// <summary>What both have.</summary>
    private static void Copy(Din from, Din to)
    {
        using var mode = no_grad();
        var values = from.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var (name, parameter) in to.named_parameters())
            if (values.TryGetValue(name, out var own)) parameter.copy_(own);
    }

    /// <summary>[B][V + 1].</summary>
    private static float[][] Scores(Din model, int[][] histories, int steps = 1)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var (history, mask, ids) = Embed(model, histories, steps);
        var scores = model.Score(history, mask, model.Items.Weight, model.Numbers(history, ids));
        return [.. Enumerable.Range(0, histories.Length).Select(row => Values.Of(scores[row]))];
    }

    /// <summary>[S].</summary>
    private static float[] Numbers(Din model, long[] history) =>
        Values.Of(model.Numbers(model.Items.Gather(history).unsqueeze(0), history)!);

    private static (Tensor History, Tensor Mask, long[] Ids) Embed(Din model, int[][] histories, int steps = 1)
    {
        steps = Math.Max(steps, histories.Max(history => history.Length));
        long[] ids = [.. histories.SelectMany(items => items.Concat(new int[steps - items.Length])).Select(item => (long)item)];
        float[] mask = [.. ids.Select(id => id == 0 ? 0f : 1)];
        return (model.Items.Gather(ids).view(histories.Length, steps, -1), tensor(mask, histories.Length, steps), ids);
    }
}
