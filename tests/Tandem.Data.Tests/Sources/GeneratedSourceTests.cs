using Tandem.Data.Preparation;
using Tandem.Data.Sources;
using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Sources;

public class GeneratedSourceTests
{
    private static readonly GeneratedOptions _options = new() { Seed = 1, Users = 1000 };
    private static readonly GeneratedSource _source = new(_options);
    private static readonly SequenceDataset _dataset = DatasetPreparation.Prepare(_source, seed: 1);

    [Fact]
    public void The_seed_decides_everything()
    {
        Assert.Equal(_dataset.Hash, DatasetPreparation.Prepare(new GeneratedSource(_options), seed: 1).Hash);
        Assert.NotEqual(_dataset.Hash, DatasetPreparation.Prepare(new GeneratedSource(_options with { Seed = 2 }), seed: 1).Hash);
    }

    [Fact]
    public void Nobody_takes_an_item_twice()
    {
        for (var user = 0; user < _dataset.Users; user++)
            Assert.Distinct(_dataset.Sequence(user).ToArray());
    }

    [Fact]
    public void Sizes_are_those_of_the_options()
    {
        Assert.Equal(_options.Users, _dataset.Users);
        Assert.Equal(_options.Items, _source.ReadItems().Count);
        for (var user = 0; user < _dataset.Users; user++)
            Assert.InRange(_dataset.Sequence(user).Length, _options.MinEvents, _options.MaxEvents);
    }

    [Fact]
    public void Times_rise_with_every_event()
    {
        for (var user = 0; user < _dataset.Users; user++)
        {
            var times = _dataset.Times(user).ToArray();
            Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        }
    }

    [Fact]
    public void Titles_end_with_their_theme_and_number() => Assert.All(_source.ReadItems().Values, item =>
        Assert.Matches($@"^\w+ \w+ {Assert.Single(item.Categories)} \d+$", item.Title!));

    [Fact]
    public void What_followed_an_item_before_predicts_far_better_than_popularity()
    {
        var split = new LeaveOneOut(_dataset);
        var follows = new int[_dataset.Catalog.Count + 1, _dataset.Catalog.Count + 1];
        var popularity = new int[_dataset.Catalog.Count + 1];
        for (var user = 0; user < _dataset.Users; user++)
        {
            var items = split.Refit(user);
            foreach (var item in items)
                popularity[item]++;
            for (var i = 1; i < items.Length; i++)
                follows[items[i - 1], items[i]]++;
        }

        var bySuccessor = HitRate(split, (history, item) => follows[history[^1], item]);
        var byPopularity = HitRate(split, (_, item) => popularity[item]);
        TestContext.Current.TestOutputHelper?.WriteLine($"successors {bySuccessor:f3}, popularity {byPopularity:f3}");
        Assert.True(bySuccessor > 3 * byPopularity, $"successors {bySuccessor:f3}, popularity {byPopularity:f3}");
    }

    [Fact]
    public void The_last_item_tells_more_of_the_next_theme_than_the_first()
    {
        var (nearLast, nearFirst) = (0, 0);
        for (var user = 0; user < _dataset.Users; user++)
        {
            var themes = Array.ConvertAll(_dataset.Sequence(user).ToArray(), item => _dataset.Catalog[item].Categories[0]);
            nearLast += themes[^1] == themes[^2] ? 1 : 0;
            nearFirst += themes[^1] == themes[0] ? 1 : 0;
        }
        Assert.True(nearLast > 1.3 * nearFirst, $"same theme as the last {nearLast}, as the first {nearFirst}");
    }

    [Fact]
    public void Options_list_every_fault()
    {
        var fault = Assert.Throws<ArgumentException>(() => new GeneratedSource(new GeneratedOptions
        {
            Seed = 1,
            Users = 0,
            Items = -2,
            MinEvents = 0,
            MaxEvents = -1,
            Themes = 99,
            Dimensions = 0,
            DriftPerEvent = double.NaN,
            Temperature = 0,
            SuccessorBonus = -1,
        }));
        foreach (
            var name in (string[])["Users", "Items", "MinEvents", "MaxEvents", "Themes", "Dimensions", "Drift", "Temperature", "Successor"])
        {
            Assert.Contains(name, fault.Message);
        }
    }

    /// <summary>HR@10 over items that the user has not had.</summary>
    private static double HitRate(LeaveOneOut split, Func<int[], int, int> score)
    {
        var hits = 0;
        foreach (var user in split.EvaluatedUsers)
        {
            var history = split.TestHistory(user).ToArray();
            var best = Enumerable.Range(1, _dataset.Catalog.Count).Except(history).OrderByDescending(item => score(history, item)).Take(10);
            hits += best.Contains(split.TestTarget(user)) ? 1 : 0;
        }
        return (double)hits / split.EvaluatedUsers.Length;
    }
}
