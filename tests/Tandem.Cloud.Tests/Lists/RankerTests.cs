using System.Text.Json;
using Tandem.Learning.Collaboration;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Tests.Lists;

/// <summary>A second stage over what a served model retrieves.</summary>
public class RankerTests(TrainedRuns runs)
{
    private static readonly int[] _history = [3, 1, 4];

    [Fact]
    public async Task Lists_are_in_the_ranker_s_order_under_its_name_and_kept()
    {
        var ranker = new Backwards();
        await using var service = await RunningService.StartAsync(runs.Counted, options => options with { Ranker = _ => ranker });
        var list = await ListAsync(service, count: 5);
        Assert.Equal(("model", "backwards", 5), (Source(list), Version(list)[..9], list.Items().Length));
        var plain = await ListAsync(service, count: 20, ranker, isFailing: true);
        Assert.Equal(plain.Items()[^5..].Reverse(), list.Items());
        Assert.Equal("cache", Source(await ListAsync(service, count: 5)));
        Assert.Equal(2, ranker.Asked);
    }

    [Fact]
    public async Task What_could_not_be_ranked_is_the_model_s_own_list_and_is_not_kept()
    {
        var ranker = new Backwards();
        await using var service = await RunningService.StartAsync(runs.Counted, options => options with { Ranker = _ => ranker });
        for (var i = 0; i < 2; i++)
        {
            var list = await ListAsync(service, count: 5, ranker, isFailing: true);
            Assert.Equal(("model", service.Models.Current[0].Version), (Source(list), Version(list)));
        }

        Assert.StartsWith("backwards", Version(await ListAsync(service, count: 5, ranker, isFailing: false)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_ranker_holds_up_no_other_list()
    {
        var ranker = new Backwards { Wait = new() };
        await using var service = await RunningService.StartAsync(runs.Counted, options => options with { Ranker = _ => ranker });
        var slow = ListAsync(service, count: 5);
        while (ranker.Asked == 0) await Task.Delay(5, TestContext.Current.CancellationToken);
        var model = service.Models.Enter(null)!;
        var request = new CandidateRequest { CatalogVersion = model.Catalog.Version, History = _history, Count = 3 };
        Assert.True(model.Lists.TryAsk(request, TestContext.Current.CancellationToken, out var other));
        Assert.Equal(3, (await other).Items.Count);
        model.Leave();
        Assert.False(slow.IsCompleted);
        ranker.Wait.SetResult();
        Assert.StartsWith("backwards", Version(await slow), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ListAsync(RunningService service, int count, Backwards? ranker = null, bool isFailing = false)
    {
        if (ranker is not null) ranker.IsFailing = isFailing;
        var body = new { CatalogVersion = service.Models.Current[0].Catalog.Version, History = _history, Count = count };
        return await service.PostAsync("v1/candidates", body).JsonAsync();
    }

    private static string Source(JsonElement list) => list.GetProperty("source").GetString()!;

    private static string Version(JsonElement list) => list.GetProperty("modelVersion").GetString()!;

    /// <summary>Twenty retrieved items from behind.</summary>
    private sealed class Backwards : IListRanker
    {
        private int _asked;

        public bool IsFailing { get; set; }

        public TaskCompletionSource? Wait { get; init; }

        public int Asked => Volatile.Read(ref _asked);

        public int MostAtOnce => 1;

        public string VersionOver(string retriever) => $"backwards+{retriever}";

        public CandidateRequest RetrievalOf(CandidateRequest request) => request with { Count = 20 };

        public async ValueTask<CandidateList> RankAsync(
            CandidateRequest request, CandidateList retrieved, CancellationToken cancel = default)
        {
            Interlocked.Increment(ref _asked);
            if (Wait is not null) await Wait.Task.WaitAsync(cancel);
            return retrieved with
            {
                ModelVersion = IsFailing ? retrieved.ModelVersion : VersionOver(retrieved.ModelVersion),
                Items = [.. (IsFailing ? retrieved.Items : retrieved.Items.Reverse()).Take(request.Count)],
                Scores = [.. retrieved.Scores.Take(request.Count)],
            };
        }
    }
}
