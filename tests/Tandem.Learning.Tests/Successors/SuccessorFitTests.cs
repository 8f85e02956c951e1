using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Learning.Backbones;
using Tandem.Learning.Successors;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Tests.Successors;

public sealed class SuccessorFitTests
{
    private const int Items = 60;

    private static readonly SequenceRecipe _recipe = new()
    {
        Backbone = new SasRecOptions { Width = 8, Window = 8, Dropout = 0 },
        Training = new() { Epochs = 1, Seed = 1 },
    };

    private static readonly SuccessorOptions _options = new() { Enabled = true };

    [Fact]
    public void Counts_that_hold_the_rule_are_joined_to_a_model_that_has_learned_nothing()
    {
        var (data, cases, table) = Cycle();
        using var model = _recipe.Build(Items);
        using var scorer = new SequenceScorer(model);
        var fit = SuccessorFit.Choose(scorer, table, _options, cases, maskSeen: true);
        Assert.True(fit.Join.Weight > 0);
        Assert.True(fit.Validation > 0.9, $"{fit.Validation}");
        Assert.True(fit.ModelAlone < 0.5, $"{fit.ModelAlone}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_it_reports_is_what_the_scorer_reaches(bool maskSeen)
    {
        var (_, cases, table) = Cycle();
        using var model = _recipe.Build(Items);
        using var alone = new SequenceScorer(model);
        var fit = SuccessorFit.Choose(alone, table, _options, cases, maskSeen);
        using var joined = new SequenceScorer(model, new CountedSuccessors(table, fit.Join));
        Assert.Equal(fit.ModelAlone, new RankingMetrics(FullRanking.Ranks(alone, cases, maskSeen)).Ndcg(10), 1e-12);
        Assert.Equal(fit.Validation, new RankingMetrics(FullRanking.Ranks(joined, cases, maskSeen)).Ndcg(10), 1e-12);
    }

    [Fact]
    public void Counts_that_say_the_wrong_thing_get_no_weight()
    {
        var data = ToySequences.Cycle(120, Items, 6, 12);
        var cases = ToySequences.LastItems(data);
        using var model = Trained(data);
        using var scorer = new SequenceScorer(model);
        // Backwards: what came before in place of what came after, which masking does not hide where sequences are short.
        var table = SuccessorCounting.Count(_options, new(Items, data.Users, user => data.Sequence(user).ToArray().Select(Far).ToArray()));
        var fit = SuccessorFit.Choose(scorer, table, _options, cases, maskSeen: true);
        Assert.True(fit.ModelAlone > 0.9, $"{fit.ModelAlone}");
        Assert.True(fit.Validation >= fit.ModelAlone);
        using var joined = new SequenceScorer(model, new CountedSuccessors(table, fit.Join));
        Assert.Equal(fit.Validation, new RankingMetrics(FullRanking.Ranks(joined, cases, true)).Ndcg(10), 1e-12);

        static int Far(int item) => (item * 31 + 17) % Items + 1;
    }

    [Fact]
    public void Without_a_validation_event_it_says_so()
    {
        var (_, _, table) = Cycle();
        using var model = _recipe.Build(Items);
        using var scorer = new SequenceScorer(model);
        var e = Assert.Throws<TrainingException>(
            () => SuccessorFit.Choose(scorer, table, _options, new(0, _ => default, _ => 0), maskSeen: true));
        Assert.Contains("no validation event", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_reports_how_far_it_has_come()
    {
        var (_, cases, table) = Cycle();
        using var model = _recipe.Build(Items);
        using var scorer = new SequenceScorer(model);
        var reports = new List<(int Done, int All)>();
        SuccessorFit.Choose(scorer, table, _options, cases, maskSeen: true, (done, all) => reports.Add((done, all)));
        Assert.Equal((2 * cases.Count, 2 * cases.Count), reports[^1]);
        Assert.Equal(reports.Select(r => r.Done).Order(), reports.Select(r => r.Done));
    }

    private static (SequenceDataset Data, RankedCases Cases, SuccessorTable Table) Cycle()
    {
        var data = ToySequences.Cycle(120, Items, 4, 9);
        var table = SuccessorCounting.Count(_options, data.ButLast());
        return (data, ToySequences.LastItems(data), table);
    }

    private static SequenceModel Trained(SequenceDataset data)
    {
        var recipe = _recipe with
        {
            Backbone = new SasRecOptions { Width = 16, Window = 12, Dropout = 0 },
            Loss = new() { Negatives = 32, TokenBudget = 100 },
            Training = new() { Epochs = 30, Seed = 1, Optimizer = new() { LearningRate = 0.01 } },
        };
        return recipe.Train(data, data.Whole(), validation: null).Model;
    }
}
