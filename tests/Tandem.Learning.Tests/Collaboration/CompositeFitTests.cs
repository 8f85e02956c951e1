using Tandem.Data;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Collaboration;

public sealed class CompositeFitTests
{
    private const int Items = 400;

    [Fact]
    public void Two_models_that_know_different_events_are_better_together_and_noise_gets_no_say()
    {
        var world = new World(events: 400, seed: 1);
        var fit = CompositeFit.Choose(
            [
                new("even", world.Knowing(e => e % 2 == 0, 4), true), new("odd", world.Knowing(e => e % 2 == 1, 4), true),
                new("noise", world.Knowing(_ => false, 0), true),
            ],
            world.Cases, maskSeen: false);
        Assert.True(fit.Validation > 1.3 * fit.Members.Max(member => member.Alone), $"{fit.Validation}");
        Assert.Equal(["even", "odd", "noise"], fit.Members.Select(member => member.Name));
        Assert.True(fit.Members[2].Weight < 0.4 * Math.Min(fit.Members[0].Weight, fit.Members[1].Weight), $"{fit.Members[2].Weight}");
        Assert.All(fit.Members.Take(2), member => Assert.True(member.Without < fit.Validation));
    }

    [Fact]
    public void Chosen_weights_give_the_scorer_the_figure_that_was_reported()
    {
        var world = new World(events: 300, seed: 2);
        CompositeMember[] members =
            [new("even", world.Knowing(e => e % 2 == 0, 3), true), new("odd", world.Knowing(e => e % 2 == 1, 3), false)];
        var fit = CompositeFit.Choose(members, world.Cases, maskSeen: false, listLength: Items);
        using var scorer = new CompositeScorer(members, fit.Weights);
        var ranks = FullRanking.Ranks(scorer, world.Cases, maskSeen: false);
        Assert.Equal(new Tandem.Data.Metrics.RankingMetrics(ranks).Ndcg(10), fit.Validation, 1e-9);
    }

    [Fact]
    public void Scores_are_scaled_until_their_softmax_is_as_likely_as_it_can_be()
    {
        // Targets are drawn from a softmax over 20 items; the model's scores are a third of what they should be.
        var random = NamedSeed.Create(3, "targets");
        var (rows, targets) = (new float[3000][], new int[3000]);
        for (var e = 0; e < rows.Length; e++)
        {
            rows[e] = [0, .. Enumerable.Range(0, 20).Select(_ => (float)(3 * random.NextDouble()))];
            var weights = rows[e][1..].Select(score => Math.Exp(score)).ToArray();
            var draw = random.NextDouble() * weights.Sum();
            while (targets[e] < 19 && (draw -= weights[targets[e]]) > 0) targets[e]++;
            targets[e]++;
            for (var i = 0; i < rows[e].Length; i++) rows[e][i] /= 3;
        }

        var fit = CompositeFit.Choose(
            [new("third", new ByEvent(rows), true)], new(rows.Length, e => Event(e), e => targets[e]), maskSeen: false);
        Assert.InRange(fit.Weights.Members[0], 2.7, 3.3);
    }

    [Fact]
    public void Confidence_is_used_where_it_helps_and_left_where_it_does_not()
    {
        var world = new World(events: 600, seed: 4);
        // Sure of the right item in a third of the events, and in all others of the same strength about many wrong ones.
        var sure = new CompositeMember("sure", world.Knowing(e => e % 3 == 0, 9), true);
        var other = new CompositeMember("other", world.Knowing(e => e % 3 != 0, 4), true);
        var fit = CompositeFit.Choose([sure, other], world.Cases, maskSeen: false, confident: 0);
        Assert.True(fit.Validation >= fit.Constant);
        Assert.Equal(fit.Validation > fit.Constant, fit.Weights.Confidence is not null);
        var constant = CompositeFit.Choose([sure, other], world.Cases, maskSeen: false);
        Assert.Equal(fit.Constant, constant.Validation);
        Assert.Null(constant.Weights.Confidence);
    }

    [Fact]
    public void Without_validation_events_there_is_nothing_to_choose_by() => Assert.Contains(
        "no validation event",
        Assert.Throws<TrainingException>(() => CompositeFit.Choose(
            [new("one", new GivenScores([0, 1, 2]), true)], new(0, _ => default, _ => 1), maskSeen: true)).Message,
        StringComparison.Ordinal);

    /// <summary>A history that names its event by its times, so that items may be whatever they are.</summary>
    private static History Event(int number) => new((int[])[1], (long[])[number]);

    /// <summary>Events with targets, and models that know some of them.</summary>
    private sealed class World
    {
        private readonly int[] _targets;
        private readonly int _seed;

        public World(int events, int seed)
        {
            var random = NamedSeed.Create(seed, "targets");
            (_targets, _seed) = ([.. Enumerable.Range(0, events).Select(_ => random.Next(1, Items + 1))], seed);
        }

        public RankedCases Cases => new(_targets.Length, Event, e => _targets[e]);

        /// <summary>Standard normal scores, the target's moved up in the events that it knows.</summary>
        public ByEvent Knowing(Func<int, bool> knows, float by)
        {
            var random = NamedSeed.Create(_seed, "scores", (int)(1000 * by) + (knows(0) ? 1 : 0));
            return new([.. _targets.Select((target, e) =>
            {
                var row = new float[Items + 1];
                for (var i = 1; i < row.Length; i++)
                    row[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
                if (knows(e)) row[target] += by;
                return row;
            })]);
        }
    }

    private sealed class ByEvent(float[][] rows) : IItemScorer
    {
        public string Kind => "events";

        public int ItemCount => rows[0].Length - 1;

        public void Score(ReadOnlySpan<History> histories, Span<float> scores)
        {
            for (var i = 0; i < histories.Length; i++)
                rows[(int)histories[i].Times.Span[0]].CopyTo(scores[(i * rows[0].Length)..]);
        }
    }
}
