using System.Globalization;
using Tandem.Data;
using Tandem.Learning.Collaboration;
using Tandem.Protocol.Messages;

namespace Tandem.Chat.Tests;

/// <summary>Items with titles, and what a first stage retrieves of them: the most popular ones that a user has not taken.</summary>
internal static class Shop
{
    public const int Items = 240;

    public static Catalog Catalog { get; } = Of(item => $"Film {item:000}");

    public static Catalog Of(Func<int, string?> title) => new(
        Enumerable.Range(1, Items).Select(item => new ItemDescription(item.ToString(CultureInfo.InvariantCulture), title(item), [], null)));

    public static PopularCandidates Popular(Catalog catalog, string? version = null) => new(
        version ?? catalog.Version,
        TrainingSequences.Of(Items, [[3, 7, 3], [7, 7, 2], [2, 9], [.. Enumerable.Range(1, Items).Reverse()]]));

    public static CandidateRequest Request(int count, params int[] history) =>
        new() { CatalogVersion = Catalog.Version, History = history, Count = count };

    public static async Task<CandidateList> RetrieveAsync(ChatRanker ranker, CandidateRequest request, Catalog? catalog = null) =>
        (await Popular(catalog ?? Catalog).GenerateAsync([ranker.RetrievalOf(request)], TestContext.Current.CancellationToken))[0];

    /// <summary>What is asserted of every list: real items, distinct, new to the user, as many as asked, scores that never rise.</summary>
    public static void AssertValid(CandidateRequest request, CandidateList list)
    {
        Assert.True(list.TryValidate(Items, out var fault), fault);
        Assert.Equal(Math.Min(request.Count, Items - request.History.Distinct().Count()), list.Items.Count);
        Assert.Empty(list.Items.Intersect(request.History));
        Assert.Equal(request.History.Count, list.HistoryLength);
    }
}
