using Tandem.Device.Learning;
using Tandem.Device.Models;

namespace Tandem.Device.Tests.Learning;

public class AdaptationTests
{
    private readonly DeviceModel _model = Habits.Model();

    public static TheoryData<LearnedPart> Parts => [.. Enum.GetValues<LearnedPart>()];

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_habit_is_learned(LearnedPart part)
    {
        var session = Habits.Session(_model, Habits.ByTurns);
        var next = Habits.ByTurns[0];
        var before = Place(session, next);
        var result = session.Learn(Habits.Fast with { Part = part });
        Assert.True(result.Accepted, result.Reason);
        Assert.True(result.LossAfter < result.LossBefore);
        Assert.Equal(Habits.Fast.Steps, result.Steps);
        Assert.True(session.HasLearned);
        Assert.True(Place(session, next) < before, $"place {Place(session, next)}, {before} before");
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void What_makes_the_newest_events_less_likely_is_rolled_back(LearnedPart part)
    {
        var session = Habits.Session(_model, Habits.Broken);
        var before = Habits.All(session);
        var result = session.Learn(Habits.Fast with { Part = part });
        Assert.False(result.Accepted);
        Assert.True(result.LossAfter >= result.LossBefore);
        Assert.StartsWith("rolled back", result.Reason, StringComparison.Ordinal);
        Assert.False(session.HasLearned);
        Assert.Equal(before, Habits.All(session));
    }

    [Fact]
    public void Learning_goes_on_where_it_ended()
    {
        var session = Habits.Session(_model, Habits.ByTurns);
        var first = session.Learn(Habits.Fast with { Steps = 5 });
        var second = session.Learn(Habits.Fast with { Steps = 5 });
        Assert.True(first.Accepted && second.Accepted);
        Assert.Equal(first.LossAfter, second.LossBefore);
    }

    [Fact]
    public void Unlearning_brings_the_shipped_weights_back()
    {
        var session = Habits.Session(_model, Habits.ByTurns);
        var before = Habits.All(session);
        Assert.True(session.Learn(Habits.Fast).Accepted);
        Assert.NotEqual(before, Habits.All(session));
        session.Unlearn();
        Assert.False(session.HasLearned);
        Assert.Equal(before, Habits.All(session));
    }

    [Fact]
    public void The_same_events_and_seed_give_the_same_weights_to_the_bit()
    {
        var (first, second) = (Habits.Session(_model, Habits.ByTurns), Habits.Session(_model, Habits.ByTurns));
        Assert.Equal(first.Learn(Habits.Fast).LossAfter, second.Learn(Habits.Fast).LossAfter);
        Assert.Equal(Habits.All(first), Habits.All(second));
        var other = Habits.Session(_model, Habits.ByTurns);
        Assert.NotEqual(second.Learn(Habits.Fast).LossAfter, other.Learn(Habits.Fast with { Seed = 2 }).LossAfter);
    }

    [Fact]
    public void An_anchor_holds_the_weights_near_those_that_were_shipped()
    {
        var far = Distance(Habits.Fast with { Anchor = 0 });
        var near = Distance(Habits.Fast with { Anchor = 1 });
        Assert.True(near < 0.8 * far, $"{near} with an anchor, {far} without");

        double Distance(AdaptationOptions options)
        {
            var session = Habits.Session(_model, Habits.ByTurns);
            var shipped = Habits.All(session).ToDictionary(r => r.Item, r => r.DeviceScore);
            Assert.True(session.Learn(options).Accepted);
            return Math.Sqrt(Habits.All(session).Sum(r => Math.Pow(r.DeviceScore - shipped[r.Item], 2)));
        }
    }

    [Fact]
    public void A_model_swapped_in_meanwhile_keeps_its_weights()
    {
        var (other, session) = (Habits.Model(seed: 2), (DeviceSession?)null);
        session = Habits.Session(_model, Habits.ByTurns, new StepwiseTime(0, reads =>
        {
            if (reads == 5) Assert.True(session!.TrySwap(other, out _));
        }));
        var result = session.Learn(Habits.Fast);
        Assert.False(result.Accepted);
        Assert.Contains("other weights", result.Reason, StringComparison.Ordinal);
        Assert.Equal(Habits.All(Habits.Session(other, Habits.ByTurns)), Habits.All(session));
    }

    [Fact]
    public void What_was_learned_meanwhile_is_not_overwritten()
    {
        var (inner, session) = (false, (DeviceSession?)null);
        session = Habits.Session(_model, Habits.ByTurns, new StepwiseTime(0, reads =>
        {
            if (reads == 5) inner = session!.Learn(Habits.Fast with { Steps = 3 }).Accepted;
        }));
        Assert.False(session.Learn(Habits.Fast).Accepted);
        Assert.True(inner && session.HasLearned);
    }

    [Fact]
    public void Events_are_served_by_the_old_weights_while_others_are_learned()
    {
        var session = (DeviceSession?)null;
        var served = Array.Empty<Recommendation>();
        session = Habits.Session(_model, Habits.ByTurns, new StepwiseTime(0, reads =>
        {
            if (reads == 10) served = Habits.All(session!);
        }));
        var before = Habits.All(session);
        Assert.True(session.Learn(Habits.Fast).Accepted);
        Assert.Equal(before, served);
    }

    [Fact]
    public void Every_fault_of_the_options_is_named()
    {
        var options = new AdaptationOptions
        {
            Part = (LearnedPart)9,
            Optimizer = (OptimizerKind)9,
            Rate = float.NaN,
            Steps = 0,
            Anchor = -1,
            Negatives = 0,
            HoldOut = 0,
            JudgeNegatives = 1 << 20,
            Temperature = 0,
            MaxGradientNorm = float.PositiveInfinity,
            MostMillis = double.NaN,
            MostBytes = long.MaxValue,
        };
        var fault = Assert.Throws<ArgumentException>(() => Habits.Session(_model, Habits.ByTurns).Learn(options)).Message;
        foreach (var named in new[]
        {
            "part", "optimizer", "rate", "steps", "anchor", "negatives 0", "hold-out", "judge's negatives", "temperature", "gradient norm",
            "milliseconds", "bytes",
        })
        {
            Assert.Contains(named, fault, StringComparison.Ordinal);
        }

        Assert.Empty(new AdaptationOptions().Validate());
    }

    private static int Place(DeviceSession session, int item) => Array.FindIndex(Habits.All(session), r => r.Item == item);
}
