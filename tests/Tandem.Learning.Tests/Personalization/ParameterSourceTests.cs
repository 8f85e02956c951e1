using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Training;
using Tandem.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Personalization;

/// <summary>What every source of personal weights promises.</summary>
public sealed class ParameterSourceTests
{
    private const int Items = 12, Width = 8, Window = 6;

    private static readonly long[] _history = [3, 7, 1, 12, 5, 9];
    private static readonly ItemTerms _terms = new(4, [.. Enumerable.Range(1, Items).Select(item => new[] { item % 4, item / 4 % 4 })]);

    public static TheoryData<string> Sources =>
    [
        "duet", "duet, full", "duet, means", "duet, bias", "apg", "apg, full", "solid", "solid, full", "solid, means",
        "solid, semantic", "solid, personal", "solid, without a codebook", "precision",
        "precision, means",
    ];

    [Theory]
    [MemberData(nameof(Sources))]
    public void At_the_start_the_states_are_those_of_the_model_without_to_the_bit(string source)
    {
        using var scope = NewDisposeScope();
        var (with, without) = (Model(source), new SequenceModel(Items, Backbone()));
        Copy(with, without);
        with.eval();
        without.eval();
        using var mode = no_grad();
        Assert.Equal(Values.Of(States(without, _history)), Values.Of(States(with, _history)));
        Values.Scatter(with.Parameters!, 0.5);
        Assert.NotEqual(Values.Of(States(without, _history)), Values.Of(States(with, _history)));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Weights_of_an_event_come_from_the_events_up_to_it(string source)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var model = Scattered(source);
        var (numbers, size) = (Values.Of(Numbers(model, _history)), model.Parameters!.Size);
        for (var changed = 1; changed < Window; changed++)
        {
            var history = _history.ToArray();
            for (var t = changed; t < Window; t++) history[t] = 12 - t;
            var others = Values.Of(Numbers(model, history));
            Close.Row(numbers.AsSpan(..(changed * size)), others.AsSpan(..(changed * size)), tolerance: 1e-6);
            Assert.NotEqual(numbers[(changed * size)..], others[(changed * size)..]);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Padding_and_other_rows_change_nothing(string source)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var model = Scattered(source);
        var alone = Values.Of(States(model, [4, 6, 8]));
        long[] both = [4, 6, 8, 0, 0, 1, 2, 3, 5, 9];
        var embedded = model.Rows(both).view(2, 5, -1);
        var states = model.Encode(embedded, model.Known(default, both, 5));
        Close.Row(alone, Values.Of(states[0, ..3]), tolerance: 1e-5);
        Close.Row(Values.Of(States(model, [1, 2, 3, 5, 9])), Values.Of(states[1]), tolerance: 1e-5);
        var last = model.EncodeLast(embedded, model.Known(default, both, 5), [2, 9]);
        Close.Row(alone.AsSpan(2 * Width), Values.Of(last[0]), tolerance: 1e-5);
        Close.Row(Values.Of(states[1, 4]), Values.Of(last[1]), tolerance: 1e-5);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Weights_that_are_folded_for_a_user_answer_as_the_model_does(string source)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var model = Scattered(source);
        var expected = Values.Of(States(model, _history)[^1]);
        var plain = new SequenceModel(Items, Backbone());
        Copy(model, plain);
        plain.eval();
        using (model.Slots.Change(model.Parameters!.Changes(Numbers(model, _history)[^1].unsqueeze(0))))
        {
            foreach (var (name, values) in model.Slots.Folded(row: 0))
                plain.named_parameters().Single(p => p.name == name).parameter.copy_(values);
        }

        Close.Row(expected, Values.Of(States(plain, _history)[^1]), tolerance: 1e-5);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_trained_tensor_learns(string source)
    {
        using var scope = NewDisposeScope();
        var model = Model(source);
        var trained = model.Parameters!.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name).ToArray();
        var before = Values.Of(model.Parameters!);
        var optimizer = new AdamW([model], new() { LearningRate = 0.01, WeightDecay = 0 });
        model.train();
        if (model.Parameters!.Codebook is { } book) book.Centres = [.. Enumerable.Range(0, book.Size * book.Width).Select(i => i % 7 - 3f)];
        // What lies before the last map, which starts at 0, learns once that does.
        for (var step = 0; step < 3; step++)
        {
            using var steps = NewDisposeScope();
            manual_seed(step);
            var loss = (States(model, _history) * randn(Window, Width)).sum();
            (model.Parameters.Penalty is { } penalty ? loss.Plus(penalty) : loss).backward();
            optimizer.Step();
            model.Items.Forget();
        }

        var after = Values.Of(model.Parameters!);
        Assert.All(trained, name => Assert.False(before[name].SequenceEqual(after[name]), $"{name} has learned nothing"));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Gradients_are_those_of_finite_differences(string source)
    {
        using var scope = NewDisposeScope();
        // Nothing of the codebook has a derivative but the way straight through it.
        var model = Scattered(source);
        if (model.Parameters!.Codebook is { } book) book.Centres = new float[book.Size * book.Width];
        model.Parameters!.to(ScalarType.Float64);
        var rows = randn(1, Window, Width, dtype: ScalarType.Float64);
        var items = tensor(_history).unsqueeze(0);
        var direction = randn(1, Window, model.Parameters!.Size, dtype: ScalarType.Float64);
        Tensor Loss() => (model.Parameters!.Numbers(rows, items) * direction).sum();
        Loss().backward();
        foreach (var (name, parameter) in model.Parameters!.named_parameters().Where(p => p.parameter.grad is not null))
        {
            using var mode = no_grad();
            var way = randn_like(parameter);
            var expected = (parameter.grad! * way).sum().item<double>();
            const double h = 1e-6;
            parameter.copy_(parameter.Plus(way.Times(h)));
            var above = Loss().item<double>();
            parameter.copy_(parameter.Plus(way.Times(-2 * h)));
            var below = Loss().item<double>();
            parameter.copy_(parameter.Plus(way.Times(h)));
            Assert.True(Math.Abs((above - below) / (2 * h) - expected) <= 1e-3 * Math.Max(1e-3, Math.Abs(expected)), name);
        }
    }

    [Fact]
    public void Controls_take_the_condition_away()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        long[] both = [1, 2, 3, 4, 5, 6];
        var constant = Scattered("duet", ParameterControl.Constant);
        var numbers = constant.Parameters!.Numbers(constant.Rows(both).view(2, 3, -1), null);
        // Rows of one product may differ in their last bits by their place in it.
        Close.Row(Values.Of(numbers[0]), Values.Of(numbers[1]), tolerance: 1e-5);
        var (shuffled, own) = (Scattered("duet", ParameterControl.Shuffled), Scattered("duet"));
        var rows = own.Rows(both).view(2, 3, -1);
        Close.Row(
            Values.Of(own.Parameters!.Numbers(rows, null)[0]), Values.Of(shuffled.Parameters!.Numbers(rows, null)[1]), tolerance: 1e-5);
        var frozen = Model("duet", ParameterControl.Frozen);
        Assert.All(frozen.Parameters!.named_parameters(), p => Assert.Equal(!p.name.Contains("last", StringComparison.Ordinal),
            p.parameter.requires_grad));
        Assert.Contains(Values.Of(frozen.Parameters.Numbers(rows, null)), number => number != 0);
    }

    [Fact]
    public void Some_rows_keep_the_trained_weights_in_training_alone()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var model = new SequenceModel(Items, Backbone(), parameters: Options("duet") with { Absent = 0.5 }, noise: new Noise(5));
        Values.Scatter(model, 0.5);
        var rows = model.Rows([.. Enumerable.Repeat(_history, 40).SelectMany(items => items)]).view(40, Window, -1);
        model.train();
        var numbers = Values.Of(model.Parameters!.Numbers(rows, null)).Chunk(Window * model.Parameters.Size).ToArray();
        Assert.InRange(numbers.Count(row => row.All(number => number == 0)), 10, 30);
        model.eval();
        Assert.All(Values.Of(model.Parameters.Numbers(rows, null)), number => Assert.NotEqual(0, number));
    }

    [Fact]
    public void A_personal_number_stays_within_its_bound_and_keeps_its_gradient()
    {
        using var scope = NewDisposeScope();
        var model = Model("solid, personal");
        using (no_grad())
        {
            foreach (var (name, parameter) in model.Parameters!.named_parameters())
                if (name.StartsWith("personal_last", StringComparison.Ordinal)) parameter.uniform_(0.05, 0.05);
        }

        var numbers = Numbers(model, _history);
        Assert.All(Values.Of(numbers), number => Assert.InRange(Math.Abs(number), 0, new SolidOptions().Bound));
        numbers.sum().backward();
        var last = model.Parameters!.named_parameters().Single(p => p.name == "personal_last.bias").parameter;
        Assert.DoesNotContain(Values.Of(last.grad!), g => g == 0);
    }

    [Fact]
    public void The_published_programs_state_replaces_matrices_and_cuts_personal_numbers()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var model = Model("solid, full", ParameterControl.Published);
        Assert.All(model.Parameters!.named_parameters(), p => Assert.Equal(
            !p.name.Contains("_last", StringComparison.Ordinal) && !p.name.Contains("centres", StringComparison.Ordinal),
            p.parameter.requires_grad));
        var numbers = Numbers(model, _history);
        var changes = model.Parameters.Changes(numbers);
        var (slot, O, I) = ("backbone.blocks.1.expand", model.Slots["backbone.blocks.1.expand"].Weight.shape[0], Width);
        var layer = model.Slots[slot];
        var replaced = layer.Weight.Plus(changes[slot].Weight![^1]);
        var first = changes.Keys.TakeWhile(name => name != slot)
            .Sum(name => model.Slots[name].Weight.numel() + (model.Slots[name].Bias?.numel() ?? 0));
        Close.Row(Values.Of(numbers[^1].narrow(0, first, O * I)), Values.Of(replaced), tolerance: 1e-5);

        var personal = Model("solid, personal, full", ParameterControl.Published);
        var cut = Values.Of(Numbers(personal, _history));
        Assert.All(cut, number => Assert.InRange(number, -0.01f, 0.01f));
        Assert.InRange(cut.Count(number => Math.Abs(number) == 0.01f), cut.Length * 9 / 10, cut.Length);
    }

    [Fact]
    public void Layers_that_mix_events_and_models_without_others_are_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => new SequenceModel(
            Items, Backbone(), parameters: new() { Source = ParameterSourceKind.Duet, Layers = ["backbone.blocks.0.qkv"] }));
        Assert.Contains("'backbone.blocks.0.qkv'", e.Message);
        Assert.Contains("expected some of backbone.blocks.1.expand, backbone.blocks.1.contract", e.Message);
        e = Assert.Throws<ArgumentException>(() => new SequenceModel(
            Items, new Gru4Rec(new() { Width = 8 }, new Noise(1)), parameters: new() { Source = ParameterSourceKind.Duet }));
        Assert.Contains("backbone.hidden", e.Message);
        e = Assert.Throws<ArgumentException>(() => new SequenceModel(
            Items, Backbone(), parameters: new() { Source = ParameterSourceKind.Solid }));
        Assert.Contains("what items are like", e.Message);
    }

    [Fact]
    public void A_pass_leaves_no_tensor_behind()
    {
        using var outer = NewDisposeScope();
        var model = Model("solid");
        model.Parameters!.Codebook!.Centres = [.. Enumerable.Range(0, 4 * 6).Select(i => (float)i)];
        model.train();
        LiveTensors.AssertKept(() =>
        {
            using (NewDisposeScope())
            {
                var loss = States(model, _history).sum();
                loss.Plus(model.Parameters!.Penalty!).backward();
            }

            model.Items.Forget();
        });
    }

    private static SasRec Backbone() => new SasRec(new() { Width = Width, Window = Window, Blocks = 2, Dropout = 0 }, new Noise(1));

    private static SequenceModel Model(string source, ParameterControl control = ParameterControl.None)
    {
        manual_seed(1);
        return new(Items, Backbone(), parameters: Options(source) with { Control = control }, terms: _terms);
    }

    private static SequenceModel Scattered(string source, ParameterControl control = ParameterControl.None)
    {
        var model = Model(source, control);
        Values.Scatter(model, 0.5);
        model.eval();
        return model;
    }

    private static ParameterOptions Options(string source)
    {
        var parts = source.Split(", ");
        var options = new ParameterOptions
        {
            Source = Enum.Parse<ParameterSourceKind>(parts[0], ignoreCase: true),
            Rank = 3,
            Width = 6,
            Absent = 0,
            Solid = new() { Codebook = CodebookKind.Learned, CodebookSize = 4 },
        };
        var chosen = parts.ElementAtOrDefault(1) switch
        {
            "bias" => options with { Form = GeneratedForm.Bias },
            "means" => options with { Encoder = ConditionEncoderKind.Means },
            "semantic" => options with { Solid = options.Solid with { Personal = false } },
            "personal" => options with { Solid = options.Solid with { Semantic = false } },
            "without a codebook" => options with { Solid = options.Solid with { Codebook = CodebookKind.None } },
            _ => options,
        };
        return parts.Contains("full") ? chosen with { Form = GeneratedForm.Full } : chosen;
    }

    private static void Copy(SequenceModel from, SequenceModel to)
    {
        using var mode = no_grad();
        var values = from.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var (name, parameter) in to.named_parameters()) parameter.copy_(values[name]);
    }

    /// <summary>[T, D].</summary>
    private static Tensor States(SequenceModel model, long[] history) =>
        model.Encode(model.Rows(history).unsqueeze(0), model.Known(default, history, history.Length)).squeeze(0);

    /// <summary>[T, S].</summary>
    private static Tensor Numbers(SequenceModel model, long[] history) =>
        model.Parameters!.Numbers(model.Rows(history).unsqueeze(0), tensor(history).unsqueeze(0)).squeeze(0);
}
