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
        Request(count: 10, 9, 200, 31) with { IncludeSeen = true },
        Request(count: Items, 9, 200, 31) with { IncludeSeen = true },
        Request(count: 10, 5, 6) with { Times = [100, 200], Values = [1, 0.5f] },
    ];

    private static readonly CancellationToken _cancel = TestContext.Current.CancellationToken;

    internal abstract ICandidateGenerator Create();

    [Fact]
    public async Task Every_list_is_one_that_a_device_accepts()
    {
        var lists = await Create().GenerateAsync(_requests, _cancel);
        Assert.Equal(_requests.Length, lists.Count);
        Assert.All(lists, list => Assert.True(list.TryValidate(Items, out var fault), fault));
    }

    [Fact]
    public async Task Every_list_names_its_catalogue_its_model_and_the_events_it_has_seen()
    {
        var generator = Create();
        Assert.False(string.IsNullOrWhiteSpace(generator.ModelVersion));
        foreach (var (request, list) in _requests.Zip(await generator.GenerateAsync(_requests, _cancel)))
        {
            Assert.Equal((Catalog, Catalog, generator.ModelVersion), (generator.CatalogVersion, list.CatalogVersion, list.ModelVersion));
            Assert.Equal(request.History.Count, list.HistoryLength);
        }
    }

    [Fact]
    public async Task No_list_holds_an_item_of_the_history_unless_it_may()
    {
        foreach (var (request, list) in _requests.Zip(await Create().GenerateAsync(_requests, _cancel)))
        {
            if (!request.IncludeSeen) Assert.Empty(list.Items.Intersect(request.History));
            else if (request.Count == Items) Assert.Superset(request.History.ToHashSet(), list.Items.ToHashSet());
        }
    }

    [Fact]
    public async Task A_list_is_as_long_as_asked_or_as_there_are_items_left()
    {
        foreach (var (request, list) in _requests.Zip(await Create().GenerateAsync(_requests, _cancel)))
        {
            Assert.Equal(Math.Clamp(request.Count, 0, request.IncludeSeen ? Items : Items - request.History.Distinct().Count()),
                list.Items.Count);
        }
    }

    [Fact]
    public async Task The_same_request_gives_the_same_list()
    {
        var lists = await Create().GenerateAsync(_requests, _cancel);
        foreach (var (first, again) in lists.Zip(await Create().GenerateAsync(_requests, _cancel)))
            AssertSame(first, again, tolerance: 0);
    }

    [Fact]
    public async Task A_request_is_answered_alike_alone_and_beside_others()
    {
        var generator = Create();
        foreach (var (request, list) in _requests.Zip(await generator.GenerateAsync(_requests, _cancel)))
            AssertSame(Assert.Single(await generator.GenerateAsync([request], _cancel)), list, tolerance: 1e-5);
    }

    [Fact]
    public async Task No_requests_give_no_lists() => Assert.Empty(await Create().GenerateAsync([], _cancel));

    [Fact]
    public async Task Cancelled_before_it_begins_it_makes_no_list_and_cancelled_later_it_ends_long_before_its_work()
    {
        var generator = Create();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => generator.GenerateAsync(_requests, new CancellationToken(canceled: true)).AsTask());

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_cancel);
        var history = new ReadHistory([5, 6], at: 20, deadline.Cancel);
        var requests = Enumerable.Repeat(Request(count: 10) with { History = history }, 2_000).ToArray();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(requests, deadline.Token).AsTask());
        Assert.InRange(history.Readings, 20, 60);
    }

    protected static CandidateRequest Request(int count, params int[] history) =>
        new() { CatalogVersion = Catalog, History = history, Count = count };

    private static void AssertSame(CandidateList expected, CandidateList actual, double tolerance)
    {
        Assert.Equal(expected.Items, actual.Items);
        Close.Row([.. expected.Scores], [.. actual.Scores], tolerance);
    }

    /// <summary>A history that counts how often it is read through, and calls back at a given reading.</summary>
    protected sealed class ReadHistory(int[] items, int at, Action reached) : IReadOnlyList<int>
    {
        public int Readings { get; private set; }

        public int Count => items.Length;

        public int this[int index] => items[index];

        public IEnumerator<int> GetEnumerator()
        {
            if (++Readings == at) reached();
            return ((IEnumerable<int>)items).GetEnumerator();
        }

        global::System.Collections.IEnumerator global::System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
