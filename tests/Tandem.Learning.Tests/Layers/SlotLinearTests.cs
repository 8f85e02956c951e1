using Tandem.Learning.Layers;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Layers;

public class SlotLinearTests
{
    private const int Rows = 3, Steps = 4, Inputs = 6, Outputs = 5, Rank = 2, Choices = 3;

    public static TheoryData<string> Forms =>
    [
        "weight", "weights", "factors", "factors, down", "factors, up", "factors, each", "core", "cores", "choices", "choices, each",
        "bias", "biases", "all",
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Changes_of_zero_leave_the_answers_as_they_are_to_the_bit(string form)
    {
        using var scope = NewDisposeScope();
        var (network, x) = (Network(), Input());
        var alone = Values.Of(network.forward(x));
        Assert.Null(Delta(form, zero: true).Fault(Outputs, Inputs));
        network.Delta = Delta(form, zero: true);
        Assert.Equal(alone, Values.Of(network.forward(x)));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Each_row_is_answered_by_its_own_weights(string form)
    {
        using var scope = NewDisposeScope();
        var (network, x, delta) = (Network(), Input(), Delta(form));
        network.Delta = delta;
        var changed = network.forward(x);
        Assert.Equal([Rows, Steps, Outputs], changed.shape);
        for (var row = 0; row < Rows; row++)
        {
            var (weight, bias) = delta.Fold(network.Weight, network.Bias, row);
            Close.Row(Values.Of(nn.functional.linear(x[row], weight, bias)), Values.Of(changed[row]));
        }

        // Rows without steps are answered the same.
        Close.Row(Values.Of(changed[TensorIndex.Colon, 0]), Values.Of(network.forward(x[TensorIndex.Colon, 0])));
    }

    [Fact]
    public void Each_place_of_each_row_is_answered_by_its_own_weights()
    {
        using var scope = NewDisposeScope();
        var (network, x) = (Network(), Input());
        var delta = new WeightDelta
        {
            Weight = randn(Rows * Steps, Outputs, Inputs),
            Down = randn(Rank, Inputs),
            Core = randn(Rows * Steps, Rank, Rank),
            Up = randn(Outputs, Rank),
            Choices = randn(Choices, Outputs, Inputs),
            Shares = randn(Rows * Steps, Choices, Outputs),
            Bias = randn(Rows * Steps, Outputs),
        };
        network.Delta = delta;
        var changed = network.forward(x);
        Assert.Equal([Rows, Steps, Outputs], changed.shape);
        for (var place = 0; place < Rows * Steps; place++)
        {
            var (weight, bias) = delta.Fold(network.Weight, network.Bias, place);
            var (row, step) = (place / Steps, place % Steps);
            Close.Row(Values.Of(nn.functional.linear(x[row, step], weight, bias)), Values.Of(changed[row, step]));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Gradients_reach_every_part_of_a_change(string form)
    {
        using var scope = NewDisposeScope();
        var network = Network();
        var delta = Delta(form);
        var parts = new[] { delta.Weight, delta.Down, delta.Core, delta.Up, delta.Choices, delta.Shares, delta.Bias }.OfType<Tensor>()
            .ToArray();
        foreach (var part in parts) part.requires_grad_(true);
        network.Delta = delta;
        (network.forward(Input()) * randn(Rows, Steps, Outputs)).sum().backward();
        Assert.All(parts, part => Assert.DoesNotContain(Values.Of(part.grad!), g => g == 0));
        Assert.DoesNotContain(Values.Of(network.Weight.grad!), g => g == 0);
    }

    [Fact]
    public void A_layer_without_bias_takes_one()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (network, x, bias) = (Linears.Uniform(Inputs, Outputs, hasBias: false), Input(), randn(Outputs));
        var alone = network.forward(x);
        network.Delta = new() { Bias = bias };
        Close.Row(Values.Of(alone.Plus(bias)), Values.Of(network.forward(x)));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_told()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("expected [5, 6]", new WeightDelta { Weight = zeros(6, 5) }.Fault(Outputs, Inputs));
        Assert.Contains("without the other", new WeightDelta { Down = zeros(2, 6) }.Fault(Outputs, Inputs));
        Assert.Contains("expected [5, 2]", new WeightDelta { Down = zeros(2, 6), Up = zeros(5, 3) }.Fault(Outputs, Inputs));
        Assert.Contains("without factors", new WeightDelta { Core = zeros(2, 2) }.Fault(Outputs, Inputs));
        Assert.Contains(
            "expected [2, 2]", new WeightDelta { Down = zeros(2, 6), Core = zeros(3, 3), Up = zeros(5, 2) }.Fault(Outputs, Inputs));
        Assert.Contains("without shares", new WeightDelta { Choices = zeros(3, 5, 6) }.Fault(Outputs, Inputs));
        Assert.Contains("without choices", new WeightDelta { Shares = zeros(5, 3) }.Fault(Outputs, Inputs));
        Assert.Contains("expected [3, 5, 6]", new WeightDelta { Choices = zeros(3, 5, 4), Shares = zeros(3, 5) }.Fault(Outputs, Inputs));
        Assert.Contains("expected [3, 5]", new WeightDelta { Choices = zeros(3, 5, 6), Shares = zeros(2, 4, 5) }.Fault(Outputs, Inputs));
        Assert.Contains("the same for all", new WeightDelta { Choices = zeros(2, 3, 5, 6), Shares = zeros(3, 5) }.Fault(Outputs, Inputs));
        Assert.Contains("expected [5]", new WeightDelta { Bias = zeros(6) }.Fault(Outputs, Inputs));
    }

    [Theory]
    [InlineData("weights")]
    [InlineData("factors, each")]
    [InlineData("choices, each")]
    [InlineData("biases")]
    public void Changes_for_another_number_of_rows_are_refused(string form)
    {
        using var scope = NewDisposeScope();
        var network = Network();
        network.Delta = Delta(form);
        var e = Assert.Throws<ArgumentException>(() => network.forward(randn(Rows + 1, Steps, Inputs)));
        Assert.Contains("changed for 3 rows, the batch has 4", e.Message);
    }

    [Fact]
    public void A_changed_pass_leaves_no_tensor_behind()
    {
        using var outer = NewDisposeScope();
        var (network, x) = (Network(), Input());
        network.Delta = Delta("all");
        LiveTensors.AssertKept(() =>
        {
            using var scope = NewDisposeScope();
            network.forward(x).sum().backward();
        });
    }

    private static SlotLinear Network()
    {
        manual_seed(1);
        return Linears.Uniform(Inputs, Outputs, hasBias: true);
    }

    private static Tensor Input()
    {
        manual_seed(2);
        return randn(Rows, Steps, Inputs);
    }

    private static WeightDelta Delta(string form, bool zero = false)
    {
        manual_seed(3);
        Tensor Draw(params long[] shape) => zero ? zeros(shape) : randn(shape);
        return form switch
        {
            "weight" => new() { Weight = Draw(Outputs, Inputs) },
            "weights" => new() { Weight = Draw(Rows, Outputs, Inputs) },
            "factors" => new() { Down = Draw(Rank, Inputs), Up = Draw(Outputs, Rank) },
            "factors, down" => new() { Down = Draw(Rows, Rank, Inputs), Up = Draw(Outputs, Rank) },
            "factors, up" => new() { Down = Draw(Rank, Inputs), Up = Draw(Rows, Outputs, Rank) },
            "factors, each" => new() { Down = Draw(Rows, Rank, Inputs), Up = Draw(Rows, Outputs, Rank) },
            "core" => new() { Down = Draw(Rank, Inputs), Core = Draw(Rank, Rank), Up = Draw(Outputs, Rank) },
            "cores" => new() { Down = Draw(Rank, Inputs), Core = Draw(Rows, Rank, Rank), Up = Draw(Outputs, Rank) },
            "choices" => new() { Choices = Draw(Choices, Outputs, Inputs), Shares = Draw(Choices, Outputs) },
            "choices, each" => new() { Choices = Draw(Choices, Outputs, Inputs), Shares = Draw(Rows, Choices, Outputs) },
            "bias" => new() { Bias = Draw(Outputs) },
            "biases" => new() { Bias = Draw(Rows, Outputs) },
            "all" => new()
            {
                Weight = Draw(Rows, Outputs, Inputs),
                Down = Draw(Rank, Inputs),
                Up = Draw(Rows, Outputs, Rank),
                Bias = Draw(Rows, Outputs),
            },
            _ => throw new ArgumentOutOfRangeException(nameof(form)),
        };
    }
}
