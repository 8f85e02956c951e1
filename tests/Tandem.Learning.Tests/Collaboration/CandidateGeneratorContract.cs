using Tandem.Learning.Collaboration;
using Tandem.Learning.Tests.Language;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Collaboration;

/// <summary>What every <see cref="ICandidateGenerator"/> over the toy catalogue promises.</summary>
public abstract class CandidateGeneratorContract
{
    private const int Items = ToyCatalog.Items;
    protected const string Catalog = "toy";

    private static readonly CandidateRequest[] _requests =
    [
        Request(count: -1, 5),
        Request(count: 0, 5),
        Request(count: 10),
        Request(count: 10, 5),
        Request(count: 25, 5, 6),
        Request(count: 10, 9, 200, 9, 9, 31),
        Request(count: 1, 240, 1),
        Request(count: 12, 240, 1),
        Request(count: 10, 7, 8),
        Request(count: Items + 50, 100, 101, 102),
        Request(count: 10, [.. Enumerable.Range(1, Items - 2)]),
        Request(count: 10, [.. Enumerable.Range(1, Items)]),
    ];

    internal abstract ICandidateGenerator Create();

    [Fact]
    public void Every_list_is_one_that_a_device_accepts()
    {
        var lists = Create().Generate(_requests);
        Assert.Equal(_requests.Length, lists.Count);
        Assert.All(lists, list => Assert.True(list.TryValidate(Items, out var fault), fault));
    }

    [Fact]
    public void Every_list_names_its_catalogue_its_model_and_the_events_it_has_seen()
    {
        var generator = Create();
        Assert.False(string.IsNullOrWhiteSpace(generator.ModelVersion));
        foreach (var (request, list) in _requests.Zip(generator.Generate(_requests)))
        {
            Assert.Equal((Catalog, generator.ModelVersion), (list.CatalogVersion, list.ModelVersion));
            Assert.Equal(request.History.Count, list.HistoryLength);
        }
    }

    [Fact]
    public void No_list_holds_an_item_of_the_history()
    {
        foreach (var (request, list) in _requests.Zip(Create().Generate(_requests))) Assert.Empty(list.Items.Intersect(request.History));
    }

    [Fact]
    public void A_list_is_as_long_as_asked_or_as_there_are_items_left()
    {
        foreach (var (request, list) in _requests.Zip(Create().Generate(_requests)))
            Assert.Equal(Math.Clamp(request.Count, 0, Items - request.History.Distinct().Count()), list.Items.Count);
    }

    [Fact]
    public void The_same_request_gives_the_same_list()
    {
        foreach (var (first, again) in Create().Generate(_requests).Zip(Create().Generate(_requests)))
            AssertSame(first, again, tolerance: 0);
    }

    [Fact]
    public void A_request_is_answered_alike_alone_and_beside_others()
    {
        var generator = Create();
        foreach (var (request, list) in _requests.Zip(generator.Generate(_requests)))
            AssertSame(Assert.Single(generator.Generate([request])), list, tolerance: 1e-5);
    }

    [Fact]
    public void No_requests_give_no_lists() => Assert.Empty(Create().Generate([]));

    protected static CandidateRequest Request(int count, params int[] history) =>
        new() { CatalogVersion = Catalog, History = history, Count = count };

    private static void AssertSame(CandidateList expected, CandidateList actual, double tolerance)
    {
        Assert.Equal(expected.Items, actual.Items);
        Close.Row([.. expected.Scores], [.. actual.Scores], tolerance);
    }
}
