using Tandem.Data.Preparation;
using Tandem.Data.Splits;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public class PublishedSetsTests
{
    [Theory]
    [InlineData("beauty", 22_363, 12_101, 198_502, false, true)]
    [InlineData("yelp", 30_431, 20_033, 316_354, false, true)]
    [InlineData("ml-1m", 6_040, 3_416, 999_611, false, false)]
    [InlineData("ml-100k", 943, 1_682, 100_000, true, false)]
    public void Counts_are_the_published_ones(string name, int users, int items, int interactions, bool hasTimes, bool semanticIds)
    {
        var dataset = DatasetFolder.Open(SharedFolder.Require($"data/{name}"), seed: 1);
        Assert.Equal((name, users, items, interactions), (dataset.Name, dataset.Users, dataset.Catalog.Count, dataset.Interactions));
        Assert.Equal((hasTimes, semanticIds), (dataset.HasTimes, dataset.Catalog.HasSemanticIds));
    }

    [Theory]
    [InlineData("beauty", "a26073fa3e413c6b18c2b8b378cec02fa27deed9594c0809c2a085f815191003")]
    [InlineData("ml-100k", "deeadf4083c343158fc348cd5d8157a2b2592d1fff90fbd404a1d001b3aefb1e")]
    [InlineData("ml-1m", "7f61282e3628c52e9d6d36e5d1cce26ca85d3085e0a2aef83631ea2237036e92")]
    [InlineData("yelp", "1b682c8983ca8b60109a300e942dfdb7247b40fb16c11d323becd5fe4f4306ba")]
    public void Content_under_a_seed_never_changes_or_every_published_figure_would_need_a_new_name(string name, string hash) =>
        Assert.Equal(hash, DatasetFolder.Open(SharedFolder.Require($"data/{name}"), seed: 1).Hash);

    [Fact]
    public void The_iterated_5_core_of_video_games_has_the_published_counts()
    {
        var source = DatasetFolder.SourceOf(SharedFolder.Require("data/video-games"));
        var dataset = DatasetPreparation.Prepare(source, seed: 1, new() { MinUserEvents = 5, MinItemEvents = 5 });
        Assert.Equal((24_303, 10_672, 231_780), (dataset.Users, dataset.Catalog.Count, dataset.Interactions));
    }

    [Theory]
    [InlineData("yelp", "1", "The Great Greek", "Greek")]
    [InlineData("ml-1m", "1", "Toy Story (1995)", "Animation")]
    [InlineData("ml-100k", "1", "Toy Story (1995)", "Animation")]
    public void Items_keep_their_titles_under_new_numbers(string name, string key, string title, string category)
    {
        var catalog = DatasetFolder.Open(SharedFolder.Require($"data/{name}"), seed: 1).Catalog;
        var item = catalog[catalog.FindId(key)];
        Assert.Equal(title, item.Title);
        Assert.Contains(category, item.Categories);
    }

    // The leak is S3-Rec's numbering by first appearance: the test item is often the next number that nobody had yet.
    [Fact]
    public void Item_numbers_tell_the_future_in_the_file_and_nothing_after_preparation()
    {
        var dataset = DatasetFolder.Open(SharedFolder.Require("data/beauty"), seed: 1);
        int[] asInFile = [0, .. Enumerable.Range(1, dataset.Catalog.Count).Select(id => int.Parse(dataset.Catalog[id].Key))];
        Assert.Equal(0.0453, NextNumbersHitRate(dataset, item => asInFile[item]), 0.0005);
        Assert.InRange(NextNumbersHitRate(dataset, item => item), 0, 0.001);
    }

    /// <summary>HR@5 of "recommend the five numbers after the largest in the history".</summary>
    private static double NextNumbersHitRate(SequenceDataset dataset, Func<int, int> number)
    {
        var split = new LeaveOneOut(dataset);
        var hits = 0;
        foreach (var user in split.EvaluatedUsers)
        {
            var largest = 0;
            foreach (var item in split.TestHistory(user))
                largest = Math.Max(largest, number(item));
            hits += number(split.TestTarget(user)) - largest is >= 1 and <= 5 ? 1 : 0;
        }
        return (double)hits / split.EvaluatedUsers.Length;
    }
}
