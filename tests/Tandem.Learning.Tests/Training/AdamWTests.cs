using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using TorchSharp.Utils;
using static TorchSharp.torch;
using AdamW = Tandem.Learning.Training.AdamW;
using Parameter = TorchSharp.Modules.Parameter;

namespace Tandem.Learning.Tests.Training;

public class AdamWTests
{
    private const int Rows = 6;
    private const int Width = 37; // two vectors of 16 and a rest of 5
    private static readonly long[] _allRows = [0, 1, 2, 3, 4, 5];

    private static readonly AdamWOptions _options = new() { LearningRate = 0.01, WeightDecay = 0.1 };

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(4, 0.1)]
    [InlineData(0, 0)]
    public void The_dense_path_equals_plain_AdamW_in_double_precision(int warmupSteps, double weightDecay)
    {
        var options = _options with { WarmupSteps = warmupSteps, WeightDecay = weightDecay };
        using var both = new DenseAndRows();
        var optimizer = new AdamW([both], options);
        var oracle = new AdamWOracle(options, Rows * Width);
        var expected = Values.Of(both.Dense).Select(w => (double)w).ToArray();
        for (var step = 1; step <= 12; step++)
        {
            var gradient = Gradient(step);
            both.Backward(gradient, _allRows);
            optimizer.Step();
            oracle.Step(expected, gradient);
            Close.Row([.. expected.Select(w => (float)w)], Values.Of(both.Dense), tolerance: 2e-6);
        }
    }

    [Fact]
    public void The_row_path_equals_the_dense_path_where_every_step_touches_all_rows()
    {
        using var both = new DenseAndRows();
        var optimizer = new AdamW([both], _options);
        for (var step = 1; step <= 12; step++)
        {
            both.Backward(Gradient(step), _allRows);
            optimizer.Step();
            Close.Row(Values.Of(both.Dense), Values.Of(both.Table.Weight), tolerance: 1e-7);
        }
    }

    [Fact]
    public void The_gradients_of_a_row_that_is_gathered_twice_add_up()
    {
        using var both = new DenseAndRows();
        var optimizer = new AdamW([both], _options);
        var gradient = Gradient(1);
        var half = gradient.Select(g => g / 2).ToArray();
        both.BackwardDense(gradient);
        // Once twice in one gathering, once in two gatherings.
        both.BackwardRows([.. half[..(3 * Width)], .. half[..(3 * Width)]], [0, 1, 2, 0, 1, 2]);
        both.BackwardRows(half[(3 * Width)..], [3, 4, 5]);
        both.BackwardRows(half[(3 * Width)..], [3, 4, 5]);
        optimizer.Step();
        Close.Row(Values.Of(both.Dense), Values.Of(both.Table.Weight), tolerance: 1e-7);
    }

    [Fact]
    public void Rows_that_no_step_touches_do_not_move()
    {
        using var both = new DenseAndRows();
        var optimizer = new AdamW([both], _options);
        var before = Values.Of(both.Table.Weight);
        for (var step = 1; step <= 3; step++)
        {
            both.BackwardRows(Gradient(step)[..Width], [2]);
            optimizer.Step();
        }

        var after = Values.Of(both.Table.Weight);
        for (var row = 0; row < Rows; row++)
        {
            if (row == 2) Assert.NotEqual(before[(row * Width)..((row + 1) * Width)], after[(row * Width)..((row + 1) * Width)]);
            else Assert.Equal(before[(row * Width)..((row + 1) * Width)], after[(row * Width)..((row + 1) * Width)]);
        }
    }

    [Fact]
    public void A_row_makes_up_the_decay_of_the_steps_it_missed()
    {
        using var both = new DenseAndRows();
        var optimizer = new AdamW([both], _options);
        var before = Values.Of(both.Table.Weight)[..Width];
        for (var step = 1; step <= 5; step++)
        {
            both.BackwardRows(new float[Width], step == 5 ? [0] : [1]);
            optimizer.Step();
        }

        // With a gradient of zero nothing but the decay moves a weight.
        var decay = Math.Pow(1 - _options.LearningRate * _options.WeightDecay, 5);
        Close.Row([.. before.Select(w => (float)(w * decay))], Values.Of(both.Table.Weight).AsSpan(0, Width), tolerance: 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decay_follows_the_schedule_of_the_rate_unless_it_is_constant_for_rows_that_missed_steps_too(bool constant)
    {
        const int Steps = 10;
        var options = _options with { WarmupSteps = 3, FinalRate = 0.1, WeightDecay = 5, ConstantDecay = constant };
        using var both = new DenseAndRows();
        var optimizer = new AdamW([both], options);
        var before = Values.Of(both.Table.Weight);
        for (var step = 1; step <= Steps; step++)
        {
            both.BackwardDense(new float[Rows * Width]);
            both.BackwardRows(new float[Width], step is 4 or Steps ? [0] : [1]);
            optimizer.Step(Steps);
        }

        var decay = Enumerable.Range(1, Steps).Aggregate(
            1.0, (kept, step) => kept * (1 - 5 * (constant ? options.LearningRate : AdamWKernel.RateAt(step, Steps, options))));
        Assert.InRange(decay, constant ? 0.59 : 0.7, constant ? 0.6 : 0.8);
        Close.Row([.. before.Select(w => (float)(w * decay))], Values.Of(both.Dense), tolerance: 1e-6);
        Close.Row([.. before[..Width].Select(w => (float)(w * decay))], Values.Of(both.Table.Weight).AsSpan(0, Width), tolerance: 1e-6);
    }

    [Fact]
    public void A_state_saved_and_loaded_continues_to_the_bit()
    {
        var options = _options with { WarmupSteps = 2, FinalRate = 0.1 };
        using var first = new DenseAndRows();
        var optimizer = new AdamW([first], options);
        Train(first, optimizer, from: 1, to: 3);
        var writer = new SafetensorsWriter();
        optimizer.Save(writer);
        using var folder = new TemporaryFolder();
        writer.Save(folder["state.safetensors"]);

        using var second = new DenseAndRows();
        using (no_grad())
        {
            second.Dense.copy_(first.Dense);
            second.Table.Weight.copy_(first.Table.Weight);
        }

        var resumed = new AdamW([second], options);
        using var file = SafetensorsReader.Open(folder["state.safetensors"]);
        resumed.Load(file);
        Train(first, optimizer, from: 4, to: 7);
        Train(second, resumed, from: 4, to: 7);
        Assert.Equal(Values.Of(first), Values.Of(second));
    }

    [Fact]
    public void The_gradients_of_replicas_add_up()
    {
        using var alone = new DenseAndRows();
        using var first = new DenseAndRows();
        using var second = new DenseAndRows();
        var (one, two) = (new AdamW([alone], _options), new AdamW([first, second], _options));
        for (var step = 1; step <= 4; step++)
        {
            var (a, b) = (Gradient(step), Gradient(100 + step));
            alone.Backward([.. a.Zip(b, (x, y) => x + y)], _allRows);
            first.Backward(a, _allRows);
            second.Backward(b, _allRows);
            one.Step();
            two.Step();
        }

        Close.Row(Values.Of(alone.Dense), Values.Of(first.Dense), tolerance: 1e-6);
        Close.Row(Values.Of(alone.Table.Weight), Values.Of(first.Table.Weight), tolerance: 1e-6);
    }

    [Fact]
    public void A_gradient_above_the_limit_acts_as_one_of_that_length()
    {
        using var limited = new DenseAndRows();
        using var shortened = new DenseAndRows();
        var plain = _options with { Epsilon = 0.1 }; // a step that forgets the gradient's length would prove nothing
        var (with, without) = (new AdamW([limited], plain with { ClipNorm = 0.5 }), new AdamW([shortened], plain));
        var gradient = Gradient(1);
        var length = Math.Sqrt(2 * gradient.Sum(g => (double)g * g)); // dense and rows count alike
        limited.Backward(gradient, _allRows);
        shortened.Backward([.. gradient.Select(g => (float)(g * 0.5 / length))], _allRows);
        with.Step();
        without.Step();
        Close.Row(Values.Of(shortened.Dense), Values.Of(limited.Dense), tolerance: 1e-6);
        Close.Row(Values.Of(shortened.Table.Weight), Values.Of(limited.Table.Weight), tolerance: 1e-6);
    }

    [Fact]
    public void The_rate_rises_then_falls_along_half_a_cosine()
    {
        var options = _options with { WarmupSteps = 4, FinalRate = 0.1, Beta1 = 0 };
        float Rate(int step) => AdamWKernel.At(step, steps: 20, options, scale: 1).Rate / (float)options.LearningRate;
        Assert.Equal(0.25, Rate(1), 1e-5);
        Assert.Equal(1, Rate(4), 1e-5);
        Assert.Equal(0.1 + 0.9 / 2, Rate(12), 1e-5);
        Assert.Equal(0.1, Rate(20), 1e-5);
        Assert.Equal(0.1, Rate(30), 1e-5);
        Assert.Equal(options.LearningRate / 4, AdamWKernel.RateAt(1, steps: 20, options), 1e-12);
    }

    [Fact]
    public void A_step_clears_the_gradients()
    {
        using var both = new DenseAndRows();
        var optimizer = new AdamW([both], _options with { WeightDecay = 0, Beta1 = 0 });
        both.Backward(Gradient(1), _allRows);
        optimizer.Step();
        var after = Values.Of(both);
        optimizer.Step();
        Assert.Equal(after, Values.Of(both));
        Assert.Empty(both.Table.Gathered);
    }

    [Fact]
    public void Options_name_every_fault()
    {
        Assert.Empty(new AdamWOptions().Validate());
        var wrong = new AdamWOptions
        {
            LearningRate = 0,
            WarmupSteps = -1,
            WeightDecay = -1,
            Beta1 = 1,
            Epsilon = 0,
            FinalRate = 0,
            ClipNorm = -1,
        };
        Assert.Equal(7, wrong.Validate().Count());
        Assert.Contains("nothing", Assert.Single(new AdamWOptions { LearningRate = 0.5, WeightDecay = 2 }.Validate()));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Options_that_are_no_numbers_are_refused(double value)
    {
        var wrong = new AdamWOptions { LearningRate = value, WeightDecay = value, Beta1 = value, Epsilon = value };
        Assert.Equal(4, wrong.Validate().Count());
    }

    /// <summary>Every third step leaves some rows out.</summary>
    private static void Train(DenseAndRows both, AdamW optimizer, int from, int to)
    {
        for (var step = from; step <= to; step++)
        {
            var touched = step % 3 == 0 ? Rows - 2 : Rows;
            var gradient = Gradient(step);
            both.BackwardDense(gradient);
            both.BackwardRows(gradient[..(touched * Width)], _allRows[..touched]);
            optimizer.Step(steps: 9);
        }
    }

    private static float[] Gradient(int step)
    {
        var random = new Random(step);
        return [.. Enumerable.Range(0, Rows * Width).Select(_ => random.NextSingle() * 4 - 2)];
    }

    /// <summary>The same weights as a parameter and as a table, driven by gradients that the test chooses.</summary>
    private sealed class DenseAndRows : nn.Module
    {
        [ComponentName(Name = "dense")] private readonly Parameter _dense;
        [ComponentName(Name = "table")] private readonly RowTable _table;

        public DenseAndRows() : base(nameof(DenseAndRows))
        {
            manual_seed(1);
            _table = new RowTable(Rows, Width, deviation: 1);
            _dense = nn.Parameter(_table.Weight.clone().detach());
            RegisterComponents();
        }

        public Parameter Dense => _dense;

        public RowTable Table => _table;

        public void Backward(float[] gradient, long[] rows)
        {
            BackwardDense(gradient);
            BackwardRows(gradient, rows);
        }

        public void BackwardDense(float[] gradient)
        {
            using var scope = NewDisposeScope();
            (_dense * tensor(gradient, Rows, Width)).sum().backward();
        }

        public void BackwardRows(float[] gradient, long[] rows)
        {
            using var scope = NewDisposeScope();
            (_table.Gather(rows) * tensor(gradient, rows.Length, Width)).sum().backward();
        }
    }
}
