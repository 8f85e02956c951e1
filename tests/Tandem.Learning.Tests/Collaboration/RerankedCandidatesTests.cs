using Tandem.Data;
using Tandem.Learning.Baselines;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Tests.Language;
using Tandem.Protocol.Messages;

namespace Tandem.Learning.Tests.Collaboration;

public sealed class RerankedCandidatesTests : CandidateGeneratorContract
{
    internal override ICandidateGenerator Create() => new RerankedCandidates(Retriever(), new Backwards(mostAtOnce: 4));

    [Fact]
    public async Task A_ranker_is_given_what_it_asked_for_and_no_more_lists_at_once_than_it_takes()
    {
        var ranker = new Backwards(mostAtOnce: 3);
        var requests = Enumerable.Range(1, 40).Select(item => Request(count: 2, item)).ToArray();
        var lists = await new RerankedCandidates(Retriever(), ranker).GenerateAsync(requests, TestContext.Current.CancellationToken);
        var retrieved = await Retriever().GenerateAsync(
            [.. requests.Select(ranker.RetrievalOf)], TestContext.Current.CancellationToken);
        Assert.Equal(retrieved.Select(list => list.Items[^1]), lists.Select(list => list.Items[0]));
        Assert.InRange(ranker.Highest, 2, 3);
    }

    private static ScoredCandidates Retriever() =>
        new(Popularity.Train(TrainingSequences.Of(ToyCatalog.Items, [[3, 7, 3], [7, 7, 2]])), Catalog, "popularity, seed 1");

    /// <summary>The retrieved items from behind, ten at least.</summary>
    private sealed class Backwards(int mostAtOnce) : IListRanker
    {
        private int _now, _highest;

        public int Highest => _highest;

        public int MostAtOnce => mostAtOnce;

        public string VersionOver(string retriever) => $"backwards {retriever}";

        public CandidateRequest RetrievalOf(CandidateRequest request) =>
            request.Count < 1 ? request : request with { Count = Math.Max(10, request.Count) };

        public async ValueTask<CandidateList> RankAsync(
            CandidateRequest request, CandidateList retrieved, CancellationToken cancel = default)
        {
            var now = Interlocked.Increment(ref _now);
            for (var most = _highest; now > most; most = _highest) Interlocked.CompareExchange(ref _highest, now, most);
            await Task.Delay(1, cancel);
            Interlocked.Decrement(ref _now);
            var count = Math.Clamp(request.Count, 0, retrieved.Items.Count);
            return retrieved with
            {
                ModelVersion = VersionOver(retrieved.ModelVersion),
                Items = [.. retrieved.Items.Reverse().Take(count)],
                Scores = [.. retrieved.Scores.Take(count)],
            };
        }
    }
}
