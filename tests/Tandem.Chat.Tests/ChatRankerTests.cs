using Tandem.Chat.Prompts;
using Tandem.Data;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Tests.Collaboration;
using Tandem.Protocol.Messages;

namespace Tandem.Chat.Tests;

/// <summary>What every generator promises, with a chat model that turns the retrieved order round.</summary>
public sealed class RankedByChatTests : CandidateGeneratorContract
{
    internal override ICandidateGenerator Create()
    {
        var backwards = $$"""{"ranking":[{{string.Join(',', Enumerable.Range(1, 50).Reverse())}}]}""";
        var model = new ChatModel(new ScriptedClient(backwards), new() { Model = "stub", Cache = new() { MostAnswers = 0 } });
        return new RerankedCandidates(Shop.Popular(Shop.Catalog, Catalog), new ChatRanker(model, Shop.Catalog));
    }
}

public class ChatRankerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_of_a_long_list_are_ranked_and_the_rest_follows()
    {
        var (list, retrieved, _) = await RankAsync(Shop.Request(100, 1), """{"ranking":[5,4,3,2,1]}""", retrieve: 5);
        Assert.Equal(100, retrieved.Items.Count);
        Assert.Equal([.. retrieved.Items.Take(5).Reverse(), .. retrieved.Items.Skip(5)], list.Items);
        Assert.Equal(retrieved.Scores, list.Scores);
    }

    [Fact]
    public async Task A_short_list_is_chosen_from_all_that_were_retrieved()
    {
        var (list, retrieved, _) = await RankAsync(Shop.Request(2, 1), """{"ranking":[9,3]}""", retrieve: 10);
        Assert.Equal(10, retrieved.Items.Count);
        Assert.Equal([retrieved.Items[8], retrieved.Items[2]], list.Items);
    }

    [Fact]
    public async Task The_newest_titles_of_a_history_are_told_oldest_first_and_no_others()
    {
        var (_, _, asked) = await RankAsync(Shop.Request(5, 11, 12, 13, 14, 15), """{"ranking":[1]}""", history: 3);
        const string told = """{"history":["Film 013","Film 014","Film 015"],"candidates":[{"number":1,""";
        Assert.StartsWith(told, asked.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_nothing_to_rank_or_to_rank_by_the_model_is_not_asked()
    {
        Assert.Empty((await RankAsync(Shop.Request(5), "{}")).Asked);
        Assert.Empty((await RankAsync(Shop.Request(0, 1), "{}")).Asked);
        Assert.Empty((await RankAsync(Shop.Request(5, [.. Enumerable.Range(1, Shop.Items - 1)]), "{}")).Asked);
        Assert.Empty((await RankAsync(Shop.Request(5, 1), "{}", catalog: Shop.Of(_ => null))).Asked);
        Assert.Single((await RankAsync(Shop.Request(1, 1), """{"ranking":[2]}""")).Asked);
    }

    [Fact]
    public async Task Seen_items_are_listed_where_the_request_wants_them()
    {
        var request = Shop.Request(50, 3, 7) with { IncludeSeen = true };
        var (list, retrieved, _) = await RankAsync(request, """{"ranking":[2,1]}""");
        Assert.Contains(7, list.Items);
        Assert.Equal([retrieved.Items[1], retrieved.Items[0]], list.Items.Take(2));
    }

    [Fact]
    public async Task Shuffled_candidates_come_back_as_the_items_that_they_are_and_the_draw_is_the_same_again()
    {
        var request = Shop.Request(10, 1, 2);
        var first = await RankAsync(request, """{"ranking":[1,2,3,4,5,6,7,8,9,10]}""", order: CandidateOrder.Shuffled);
        var again = await RankAsync(request, """{"ranking":[1,2,3,4,5,6,7,8,9,10]}""", order: CandidateOrder.Shuffled);
        Assert.Equal(first.List.Items, again.List.Items);
        Assert.Equal(first.Asked, again.Asked);
        Assert.NotEqual(first.Retrieved.Items.Take(10), first.List.Items);
        Shop.AssertValid(request, first.List);
        string[] told = [.. first.List.Items.Select(item => $"\"title\":\"Film {item:000}\"")];
        var places = told.Select(title => first.Asked.Single().IndexOf(title, StringComparison.Ordinal)).ToArray();
        Assert.Equal(places.Order(), places);
        var other = await RankAsync(request, """{"ranking":[1]}""", order: CandidateOrder.Shuffled, seed: 2);
        Assert.NotEqual(first.Asked, other.Asked);
    }

    [Fact]
    public void A_version_names_the_model_and_all_that_decides_on_an_answer()
    {
        var options = new ChatRankingOptions { Model = "stub" };
        string[] versions =
        [
            .. new[]
            {
                options, options with { Model = "other" }, options with { Retrieve = 20 }, options with { History = 5 },
                options with { LongestTitle = 20 }, options with { Order = CandidateOrder.Shuffled }, options with { Seed = 2 },
                options with { Temperature = 1 },
            }.Select(VersionOf),
        ];
        Assert.Equal(versions.Length, versions.Distinct().Count());
        Assert.Equal(versions[0], VersionOf(
            options with { Deadline = TimeSpan.FromSeconds(1), Retries = 0, Budget = new() { TokensPerDay = 1 } }));

        static string VersionOf(ChatRankingOptions options)
        {
            using var model = new ChatModel(new ScriptedClient("{}"), options);
            return new ChatRanker(model, Shop.Catalog).VersionOver("w");
        }
    }

    private static async Task<(CandidateList List, CandidateList Retrieved, string[] Asked)> RankAsync(
        CandidateRequest request, string answer, int retrieve = 50, int history = 20, Catalog? catalog = null,
        CandidateOrder order = CandidateOrder.Retrieved, int seed = 1)
    {
        using var client = new ScriptedClient(answer);
        using var model = new ChatModel(
            client, new() { Model = "stub", Retrieve = retrieve, History = history, Order = order, Seed = seed });
        var ranker = new ChatRanker(model, catalog ?? Shop.Catalog);
        var retrieved = await Shop.RetrieveAsync(ranker, request, catalog);
        var list = await ranker.RankAsync(request, retrieved, Cancel);
        return (list, retrieved, [.. client.Asked.Select(asked => asked.User)]);
    }
}
