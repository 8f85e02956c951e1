using System.Numerics.Tensors;
using Tandem.Device;
using Tandem.Device.Learning;
using Tandem.Device.Models;

namespace Tandem.Parity.Tests;

/// <summary>The device's gradients are autograd's: same weights, same events, same candidates.</summary>
public class GradientParityTests
{
    private const int Candidates = 8;
    private const int First = 3;

    /// <summary>Of the largest element of a tensor's gradient: float32 in two orders of summation.</summary>
    private const float Tolerance = 1e-4f;

    /// <summary>What rounding leaves of a gradient that is 0, as that of a bias which all scores share.</summary>
    private const float Floor = 1e-6f;

    public static TheoryData<string, LearnedPart> Cases => new(
        from name in ModelPairs.Names from part in Enum.GetValues<LearnedPart>() where CanLearn(name, part) select (name, part));

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_gradient_of_every_tensor_is_that_of_autograd(string model, LearnedPart part)
    {
        using var pair = ModelPairs.Of(model);
        var runner = pair.Device.Runner;
        var (items, times) = ModelPairs.History(ModelPairs.Window + 1);
        var random = new Random(4);
        int[][] candidates = [.. items[First..].Select(item => Draw(random, item))];
        var weights = pair.Device.Weights.Copy();
        if (runner.ScoresByProduct) Fill(random, runner.Adapter.Up.Of(weights.Span)); // Torch's DIN has no adapter
        var down = runner.Adapter.Down.Of(weights.Span).ToArray();
        var up = runner.Adapter.Up.Of(weights.Span).ToArray();
        var (loss, expected) = pair.TorchGradient(items, times, candidates, down, up);

        var ours = LossGradient.Of(runner, part, new(items.Length, Candidates, candidates.Length * Candidates), temperature: 1);
        var values = Enumerable.Range(0, items.Length).Select(ModelPair.ValueAt).ToArray();
        ours.Begin(
            weights.Span, new(Rows(pair.Device, items), times, values, First, Rows(pair.Device, [.. candidates.SelectMany(row => row)])));
        var gradient = new float[runner.Layout.Length];
        Assert.Equal(loss, ours.Evaluate(weights.Span, gradient), tolerance: 1e-5f * (1 + loss));
        foreach (var tensor in runner.Layout.Slices.Where(tensor => runner.Part(part).Contains(tensor.Slice)))
        {
            if (!runner.ScoresByProduct && tensor.IsPersonal) continue;
            var torch = expected.GetValueOrDefault(tensor.Name, new float[tensor.Slice.Length]);
            var largest = MathF.Abs(TensorPrimitives.MaxMagnitude<float>(torch));
            var apart = TensorPrimitives.Distance<float>(torch, tensor.Slice.Of(gradient));
            Assert.True(apart <= Tolerance * largest * MathF.Sqrt(torch.Length) + Floor,
                $"{tensor.Name}: {apart} apart, largest element {largest}");
        }
    }

    /// <summary>TTT has no backward pass but to its adapter.</summary>
    private static bool CanLearn(string name, LearnedPart part) =>
        part == LearnedPart.Adapter || !name.StartsWith("ttt", StringComparison.Ordinal);

    private static int[] Draw(Random random, int item) =>
        [item, .. Enumerable.Range(1, Candidates - 1).Select(_ => random.Next(1, ModelPair.Items + 1))];

    private static void Fill(Random random, Span<float> values)
    {
        foreach (ref var value in values) value = random.NextSingle() * 0.6f - 0.3f;
    }

    /// <summary>[N × D].</summary>
    private static float[] Rows(DeviceModel model, int[] items)
    {
        var rows = new float[items.Length * model.Shape.Width];
        for (var i = 0; i < items.Length; i++) model.Rows!.Read(items[i], rows.AsSpan(i * model.Shape.Width, model.Shape.Width));
        return rows;
    }
}
