using Tandem.Learning.Collaboration;
using Tandem.Learning.Tests.Language;

namespace Tandem.Learning.Tests.Collaboration;

public sealed class GenerativeCandidatesTests : CandidateGeneratorContract
{
    private const int Window = 4;

    internal override ICandidateGenerator Create() =>
        new GenerativeCandidates(ToyCatalog.Search(Window, batchSize: 2), Catalog, "toy-model");

    [Fact]
    public async Task Only_the_last_window_is_read_but_the_whole_history_is_left_out()
    {
        var generator = Create();
        var bare = Assert.Single(
            await generator.GenerateAsync([Request(ToyCatalog.Items, 11, 12, 13, 14)], TestContext.Current.CancellationToken));
        var older = bare.Items.Take(2).ToArray();
        var longer = Assert.Single(
            await generator.GenerateAsync([Request(ToyCatalog.Items, [.. older, 11, 12, 13, 14])], TestContext.Current.CancellationToken));
        Assert.Equal(bare.Items.Except(older), longer.Items);
        Assert.Equal(bare.Scores.Skip(2), longer.Scores);
    }

    [Fact]
    public async Task The_list_follows_the_history()
    {
        var lists = await Create().GenerateAsync([Request(10, 11, 12), Request(10, 150, 151)], TestContext.Current.CancellationToken);
        Assert.NotEqual(lists[0].Items, lists[1].Items);
    }

    [Fact]
    public async Task It_can_be_cancelled_between_two_batches()
    {
        const int Requests = 40;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var history = new ReadHistory([5, 6], at: Requests + 4, deadline.Cancel); // every prompt is made before the first batch
        var requests = Enumerable.Repeat(Request(count: 10) with { History = history }, Requests).ToArray();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Create().GenerateAsync(requests, deadline.Token).AsTask());
        Assert.InRange(history.Readings, Requests + 4, Requests + 8);
    }
}
