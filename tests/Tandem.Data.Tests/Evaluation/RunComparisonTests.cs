using Tandem.Data.Evaluation;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Evaluation;

public class RunComparisonTests
{
    private static readonly RankMetric _metric = RankMetric.Find("mrr")!;
    private static readonly LeaveOneOut _split = new(ListSource.DatasetOf(3, 4, 5));
    private static readonly double[] _first = [1, 2, 4], _second = [2, 2, 8];

    [Fact]
    public void One_event_per_user_worked_by_hand()
    {
        var comparison = Compare(Table(_split, _first), Table(_split, _second));
        Assert.Equal((1 + 0.5 + 0.25) / 3, comparison.First, 1e-15);
        Assert.Equal((0.5 + 0.5 + 0.125) / 3, comparison.Second, 1e-15);
        Assert.Equal((0.5 + 0.125) / 3, comparison.Difference.Mean, 1e-15);
        Assert.Equal((3, 3, "mrr"), (comparison.Users, comparison.Events, comparison.Metric));
        Assert.Equal(PairedBootstrap.Compare([1, 0.5, 0.25], [0.5, 0.5, 0.125], seed: 1), comparison.Difference);
        Assert.Equal(PairedTTest.PValue([1, 0.5, 0.25], [0.5, 0.5, 0.125]), comparison.P);
    }

    [Fact]
    public void Users_weigh_the_same_however_many_events_they_have()
    {
        var split = new PerUserRatio(ListSource.DatasetOf(9, 5), 3, 2, 5);
        var comparison = Compare(Table(split, [1, 1, 1, 1, 2, 4]), Table(split, [2, 2, 2, 2, 2, 4]));
        Assert.Equal(((1 - 0.5) + 0) / 2, comparison.Difference.Mean, 1e-15);
        Assert.Equal((2, 6), (comparison.Users, comparison.Events));
    }

    // Taken as 400 independent events, the same 100 users would give half the interval and a far smaller p value.
    [Fact]
    public void More_events_of_the_same_users_do_not_narrow_the_interval()
    {
        const int users = 100;
        var once = new LeaveOneOut(ListSource.DatasetOf(Enumerable.Repeat(9, users)));
        var fourTimes = new PerUserRatio(ListSource.DatasetOf(Enumerable.Repeat(9, users)), 3, 2, 5);
        var random = NamedSeed.Create(1, "ranks");
        double[] Ranks() => [.. Enumerable.Range(0, users).Select(_ => (double)random.Next(1, 9))];
        double[] Repeat(double[] ranks) => [.. ranks.SelectMany(rank => Enumerable.Repeat(rank, 4))];
        var (first, second) = (Ranks(), Ranks());

        var single = Compare(Table(once, first), Table(once, second));
        var repeated = Compare(Table(fourTimes, Repeat(first)), Table(fourTimes, Repeat(second)));
        Assert.Equal((users, 4 * users), (repeated.Users, repeated.Events));
        Assert.Equal(single.Difference, repeated.Difference);
        Assert.Equal(single.P, repeated.P);
        Assert.True(PairedTTest.PValue(_metric.OfEvents(Repeat(first)), _metric.OfEvents(Repeat(second))) < single.P);
    }

    [Fact]
    public void A_run_equals_itself()
    {
        var comparison = Compare(Table(_split, _first), Table(_split, _first));
        Assert.Equal((0, 0, 0, 1), (comparison.Difference.Mean, comparison.Difference.Lower, comparison.Difference.Upper, comparison.P));
    }

    [Fact]
    public void Runs_that_measured_other_things_are_refused()
    {
        var run = Table(_split, _first);
        AssertRefused("data hash", run, Table(new LeaveOneOut(ListSource.DatasetOf(3, 4, 6)), _first));
        AssertRefused("protocol is loo-refit", run, Table(new LeaveOneOut(_split.Dataset, refits: true), _first));
        AssertRefused("masking of seen items is False", run, Table(_split, _first, maskSeen: false));
    }

    [Fact]
    public void Runs_that_measured_other_events_are_refused()
    {
        var run = Table(new ChosenEvents(new(1, 2), new(2, 3)), [1, 1]);
        AssertRefused("number of evaluated events is 1", run, Table(new ChosenEvents(new EvaluatedEvent(1, 2)), [1]));
        AssertRefused("other events", run, Table(new ChosenEvents(new(1, 2), new(2, 4)), [1, 1]));
        AssertRefused("other events", run, Table(new ChosenEvents(new(0, 2), new(2, 3)), [1, 1]));
    }

    private static RunComparison Compare(EvaluationTable first, EvaluationTable second) =>
        RunComparison.Of(first, second, _metric, seed: 1);

    private static void AssertRefused(string fault, EvaluationTable first, EvaluationTable second) =>
        Assert.Contains(fault, Assert.Throws<DatasetException>(() => Compare(first, second)).Message);

    private static EvaluationTable Table(ISplit split, double[] ranks, bool maskSeen = true) =>
        EvaluationTable.Of(split, ranks, "model", seed: 1, maskSeen, new Dictionary<string, double>());

    private sealed class ChosenEvents(params EvaluatedEvent[] events) : ISplit
    {
        public string Protocol => "chosen";

        public SequenceDataset Dataset => _split.Dataset;

        public ReadOnlySpan<EvaluatedEvent> Validation => [];

        public ReadOnlySpan<EvaluatedEvent> Test => events;

        public int TrainLength(int user) => 0;

        public int RefitLength(int user) => 0;
    }
}
