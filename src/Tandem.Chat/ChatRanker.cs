using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tandem.Chat.Prompts;
using Tandem.Data;
using Tandem.Learning.Collaboration;
using Tandem.Protocol.Messages;

namespace Tandem.Chat;

/// <summary>
/// Retrieved candidates in a chat model's order, by the titles of the user's newest items. What the model answers are numbers that mean
/// nothing outside of one call, so a list holds retrieved items and no others, whatever it answers.
/// </summary>
/// <remarks>
/// The place of an item is the chat model's; the score at a place is the one that the retriever's list has there, for a chat model tells
/// no probabilities: scores stay on the scale that devices' fusion was fitted to. Candidates that the answer leaves out follow in the
/// order in which they were retrieved, and so do those beyond <see cref="ChatRankingOptions.Retrieve"/>.
/// </remarks>
/// <param name="model">Shared by all rankers.</param>
/// <param name="catalog">Of the items.</param>
public sealed class ChatRanker(ChatModel model, Catalog catalog) : IListRanker
{
    private readonly ChatRankingOptions _options = model.Options;
    private readonly string _version = model.Options.Version;

    /// <inheritdoc/>
    public int MostAtOnce => _options.MostAtOnce;

    /// <inheritdoc/>
    public string VersionOver(string retriever) => $"{_version}+{retriever}";

    /// <inheritdoc/>
    public CandidateRequest RetrievalOf(CandidateRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Count < 1 ? request : request with { Count = Math.Max(request.Count, _options.Retrieve) };
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The model is not asked where there is nothing to order or nothing to order by: fewer than two candidates, no titles.
    /// </remarks>
    public async ValueTask<CandidateList> RankAsync(
        CandidateRequest request, CandidateList retrieved, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(retrieved);
        cancel.ThrowIfCancellationRequested();
        var count = Math.Clamp(request.Count, 0, retrieved.Items.Count);
        var places = Places(retrieved);
        var titles = Titles(places.Select(place => retrieved.Items[place]));
        var history = Titles(request.History.Skip(request.History.Count - _options.History)).Where(title => title.Length > 0).ToArray();
        if (count == 0 || titles.Length < 2 || history.Length == 0 || titles.All(title => title.Length == 0))
            return Ordered(retrieved, [], count);
        var numbers = await model.AskAsync(new(history, titles), cancel).ConfigureAwait(false);
        return numbers is null
            ? retrieved with { Items = [.. retrieved.Items.Take(count)], Scores = [.. retrieved.Scores.Take(count)] }
            : Ordered(retrieved, [.. numbers.Select(number => places[number - 1])], count);
    }

    /// <summary>Places on the retrieved list, in the order in which the model reads them.</summary>
    private int[] Places(CandidateList retrieved)
    {
        var places = Enumerable.Range(0, Math.Min(_options.Retrieve, retrieved.Items.Count)).ToArray();
        if (_options.Order == CandidateOrder.Shuffled) DrawOf(retrieved).Shuffle(places);
        return places;
    }

    /// <summary>By the list itself, so that what is asked twice is the same question.</summary>
    private Random DrawOf(CandidateList retrieved)
    {
        var items = string.Join(',', retrieved.Items.Take(_options.Retrieve));
        var hash = BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(items)));
        return NamedSeed.Create(_options.Seed ?? 1, "chat candidates", hash);
    }

    private string[] Titles(IEnumerable<int> items) => [.. items.Select(item => ItemTitle.Of(catalog[item], _options.LongestTitle))];

    private CandidateList Ordered(CandidateList retrieved, int[] first, int count)
    {
        var isFirst = first.ToHashSet();
        var places = first.Concat(Enumerable.Range(0, retrieved.Items.Count).Where(place => !isFirst.Contains(place))).Take(count);
        return retrieved with
        {
            ModelVersion = VersionOver(retrieved.ModelVersion),
            Items = [.. places.Select(place => retrieved.Items[place])],
            Scores = [.. retrieved.Scores.Take(count)],
        };
    }
}
