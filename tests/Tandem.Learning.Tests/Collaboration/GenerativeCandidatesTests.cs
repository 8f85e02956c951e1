using Tandem.Learning.Collaboration;
using Tandem.Learning.Tests.Language;

namespace Tandem.Learning.Tests.Collaboration;

public sealed class GenerativeCandidatesTests : CandidateGeneratorContract
{
    private const int Window = 4;

    internal override ICandidateGenerator Create() =>
        new GenerativeCandidates(ToyCatalog.Search(Window, batchSize: 2), Catalog, "toy-model");

    [Fact]
    public void Only_the_last_window_is_read_but_the_whole_history_is_left_out()
    {
        var generator = Create();
        var bare = Assert.Single(generator.Generate([Request(ToyCatalog.Items, 11, 12, 13, 14)]));
        var older = bare.Items.Take(2).ToArray();
        var longer = Assert.Single(generator.Generate([Request(ToyCatalog.Items, [.. older, 11, 12, 13, 14])]));
        Assert.Equal(bare.Items.Except(older), longer.Items);
        Assert.Equal(bare.Scores.Skip(2), longer.Scores);
    }

    [Fact]
    public void The_list_follows_the_history()
    {
        var lists = Create().Generate([Request(10, 11, 12), Request(10, 150, 151)]);
        Assert.NotEqual(lists[0].Items, lists[1].Items);
    }
}
