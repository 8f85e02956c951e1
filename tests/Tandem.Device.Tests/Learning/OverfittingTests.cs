using Tandem.Device.Learning;
using Tandem.Device.Models;
using Tandem.Tests;

namespace Tandem.Device.Tests.Learning;

public class OverfittingTests
{
    public static TheoryData<string, LearnedPart> Cases => Runners.Learned;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_along_the_gradient_lower_the_loss_of_the_events_that_gave_it(string name, LearnedPart part)
    {
        var task = new LearningTask(Runners.Shape(name));
        var loss = task.Begin(part);
        var before = loss.Evaluate(task.Weights.Span, []);
        Run(task, loss, part, steps: 60);
        var after = loss.Evaluate(task.Weights.Span, []);
        Assert.True(after < 0.7 * before, $"loss {after}, {before} before");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_step_allocates_nothing(string name, LearnedPart part)
    {
        var task = new LearningTask(Runners.Shape(name));
        var (loss, gradient) = (task.Begin(part), new float[task.Runner.Layout.Length]);
        var optimizer = Optimizer.Of(OptimizerKind.Adam, task.Runner.Part(part));
        Allocation.AssertNone(() =>
        {
            loss.Evaluate(task.Weights.Span, gradient);
            optimizer.Step(gradient, 0.01f, task.Weights.Span);
        });
    }

    private static void Run(LearningTask task, LossGradient loss, LearnedPart part, int steps)
    {
        var gradient = new float[task.Runner.Layout.Length];
        var optimizer = Optimizer.Of(OptimizerKind.Adam, task.Runner.Part(part));
        for (var i = 0; i < steps; i++)
        {
            Array.Clear(gradient);
            loss.Evaluate(task.Weights.Span, gradient);
            optimizer.Step(gradient, 0.03f, task.Weights.Span);
        }
    }
}
