using CsCheck;
using Tandem.Device.Learning;
using Tandem.Device.Models;

namespace Tandem.Device.Tests.Learning;

/// <summary>Whatever the numbers are, nothing throws, and what serves afterwards ranks.</summary>
public class AdaptationHostileInputTests
{
    private static readonly Gen<AdaptationOptions> _options =
        from part in Gen.Enum<LearnedPart>()
        from kind in Gen.Enum<OptimizerKind>()
        from rate in OneOf(1e-30f, 0.1f, 1e10f, 1e30f, float.MaxValue)
        from anchor in OneOf(0, 1, 1e30f)
        from temperature in OneOf(1, 1e-30f, 1e30f)
        from norm in OneOf(1, 1e30f)
        select Habits.Fast with
        {
            Part = part,
            Optimizer = kind,
            Rate = rate,
            Anchor = anchor,
            Temperature = temperature,
            MaxGradientNorm = norm,
            Steps = 5,
            Negatives = 5,
            JudgeNegatives = 9,
        };

    private static Gen<float> OneOf(params float[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    public static TheoryData<string> Models => ["usual", "huge rows", "zero rows", "huge weights", "zero norms"];

    [Theory]
    [MemberData(nameof(Models))]
    public void No_setting_and_no_history_break_a_session(string name)
    {
        var model = Model(name);
        Gen.Select(_options, Gen.Int[1, 40].Array[1, 30], Gen.Bool).Sample(
            (options, events, same) =>
            {
                if (same) Array.Fill(events, events[0]);
                var session = Habits.Session(model, events);
                var wasFinite = IsFinite(session);
                var result = session.Learn(options);
                if (result.Accepted) Assert.True(result.LossAfter < result.LossBefore);
                Assert.Equal(result.Accepted, session.HasLearned);
                Assert.True(IsFinite(session) || !wasFinite, $"{options}: {result.Reason}");
            },
            iter: 60,
            threads: 1);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Rows_that_are_no_numbers_are_not_learned_from(float value)
    {
        var task = new LearningTask(Runners.Shape("sasrec"), events: 8);
        var plan = new AdaptationPlan(task.Runner, Habits.Fast, events: 8);
        int[] items = [1, 2, 3, 4, 5, 6, 7, 8];
        var sample = AdaptationSample.Read(plan, new(items, new long[8], new float[8]), new Negatives(40, null, 1, 8), [], (item, row) =>
        {
            row.Fill(item == 3 ? value : item / 100f);
            return true;
        });
        var result = new Adaptation(plan, sample, task.Weights, task.Weights, TimeProvider.System, TimeProvider.System.GetTimestamp(),
            cancel: default).Run(out var learned);
        Assert.Null(learned);
        Assert.Contains("not finite", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_beyond_all_reason_is_stopped_or_rolled_back()
    {
        var session = Habits.Session(Habits.Model(), Habits.ByTurns);
        var before = Habits.All(session);
        var result = session.Learn(Habits.Fast with { Rate = 1e30f, Part = LearnedPart.All });
        Assert.False(result.Accepted, result.Reason);
        Assert.Equal(before, Habits.All(session));
    }

    /// <summary>True where every item has a score that is a number; NaN is never recommended.</summary>
    private static bool IsFinite(DeviceSession session) =>
        Habits.All(session) is { Length: 40 } all && all.All(r => float.IsFinite(r.DeviceScore));

    private static DeviceModel Model(string name) => Habits.Model(bundle =>
    {
        switch (name)
        {
            case "huge rows": bundle.Fill("items.weight", 1e6f); break;
            case "zero rows": bundle.Fill("items.weight", 0); break;
            case "huge weights": bundle.Fill("backbone.blocks.1.expand.weight", 1e6f); break;
            case "zero norms": bundle.Fill("backbone.norm.weight", 0); break;
        }
    });
}
