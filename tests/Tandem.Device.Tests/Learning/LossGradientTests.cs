using System.Numerics.Tensors;
using Tandem.Device.Learning;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;
using Tandem.Tests;

namespace Tandem.Device.Tests.Learning;

public class LossGradientTests
{
    public static TheoryData<string, LearnedPart> Cases => Runners.Learned;

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_loss_is_that_of_the_scores_that_a_user_would_get(string name, LearnedPart part)
    {
        var task = new LearningTask(Runners.Shape(name));
        Close.Number(Oracle(task), task.Begin(part).Evaluate(task.Weights.Span, []));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_gradient_of_every_tensor_is_the_slope_of_the_loss(string name, LearnedPart part)
    {
        var task = new LearningTask(Runners.Shape(name));
        var loss = task.Begin(part);
        var gradient = Gradient(task, loss);
        foreach (var slice in Used(task, part))
        {
            var g = slice.Of(gradient).ToArray();
            var direction = Direction(g);
            // Losses of size 2 are exact to some 10⁻⁷, so their difference over 0.006 to some 10⁻⁴; the step crosses a bend of relu here
            // and there, which moves the slope by some hundredths. Torch holds the gradients to 10⁻⁴, see the tests of parity.
            var tolerance = 0.04f * TensorPrimitives.Norm<float>(g) + 2e-4f;
            Assert.Equal(TensorPrimitives.Dot<float>(g, direction), Slope(task, loss, slice, direction), tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Only_the_part_has_a_gradient(string name, LearnedPart part)
    {
        var task = new LearningTask(Runners.Shape(name));
        var gradient = Gradient(task, task.Begin(part));
        Assert.All(Used(task, part), slice => Assert.True(TensorPrimitives.Norm<float>(slice.Of(gradient)) > 0));
        foreach (var slice in task.Runner.Part(part)) slice.Of(gradient.AsSpan()).Clear();

        Assert.All(gradient, value => Assert.Equal(0, value));
    }

    /// <summary>The part's tensors that the loss depends on.</summary>
    private static IEnumerable<Slice> Used(LearningTask task, LearnedPart part)
    {
        Func<string, bool> isUnread = task.Runner.Shape switch
        {
            HstuShape { UsesTimes: false } => name => name.EndsWith("time_bias", StringComparison.Ordinal),
            DinShape => name => name == "output.bias", // the same in all scores, which a softmax does not see
            _ => _ => false,
        };
        var tensors = task.Runner.Layout.Slices.Where(tensor => !isUnread(tensor.Name));
        return task.Runner.Part(part).Intersect(tensors.Select(tensor => tensor.Slice));
    }

    private static float[] Gradient(LearningTask task, LossGradient loss)
    {
        var gradient = new float[task.Runner.Layout.Length];
        loss.Evaluate(task.Weights.Span, gradient);
        return gradient;
    }

    /// <summary>
    /// Length 1: mostly along the gradient, where the loss changes most, and partly anywhere, so that an element that should not be 0
    /// shows.
    /// </summary>
    private static float[] Direction(float[] gradient)
    {
        var random = new Random(gradient.Length);
        var size = TensorPrimitives.Norm<float>(gradient) / MathF.Sqrt(gradient.Length);
        float[] direction = [.. gradient.Select(g => g + size * (random.NextSingle() - 0.5f))];
        TensorPrimitives.Divide(direction, TensorPrimitives.Norm<float>(direction), direction);
        return direction;
    }

    private static float Slope(LearningTask task, LossGradient loss, Slice slice, float[] direction)
    {
        const float Step = 0.003f;
        var weights = task.Weights.Copy();
        TensorPrimitives.MultiplyAdd(direction, Step, slice.Of(task.Weights.Span), slice.Of(weights.Span));
        var above = loss.Evaluate(weights.Span, []);
        TensorPrimitives.MultiplyAdd(direction, -Step, slice.Of(task.Weights.Span), slice.Of(weights.Span));
        return (above - loss.Evaluate(weights.Span, [])) / (2 * Step);
    }

    /// <summary>The runner takes in the events up to each predicted one and scores its candidates.</summary>
    private static float Oracle(LearningTask task)
    {
        var (D, events, sum) = (task.Runner.Shape.Width, task.Events, 0.0);
        var scores = new float[LearningTask.Candidates];
        for (var p = 0; p < events.Predicted; p++)
        {
            var state = task.Runner.CreateState();
            task.Runner.Advance(task.Weights.Span, state, events.Oldest(events.First + p));
            task.Runner.Score(task.Weights.Span, state, events.Candidates.Span.Slice(p * scores.Length * D, scores.Length * D), scores);
            sum += Math.Log(scores.Sum(score => Math.Exp(score - scores[0])));
        }

        return (float)(sum / events.Predicted);
    }
}
