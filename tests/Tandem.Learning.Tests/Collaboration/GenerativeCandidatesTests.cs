using Tandem.Learning.Collaboration;
using Tandem.Learning.Tests.Language;

namespace Tandem.Learning.Tests.Collaboration;

public sealed class GenerativeCandidatesTests : CandidateGeneratorContract
{
    private const int Window = 4;

    internal override ICandidateGenerator Create() =>
        new GenerativeCandidates(ToyCatalog.Model(), ToyCatalog.Ids, Catalog, "toy-model", Window, batchSize: 2);

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
}
