using System.Diagnostics;
using Tandem.Data;
using Tandem.Device;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Export;
using Tandem.Protocol.Messages;

namespace Tandem.Simulation;

/// <summary>
/// A cloud without a network, which offers candidates. Lists that are known to be needed are made in batches ahead of the replay, and
/// kept in files where it is given a folder for them; the device still asks for each of them when its time comes.
/// </summary>
/// <param name="generator">Makes the lists.</param>
/// <param name="kept">Keeps them between runs; null for nowhere.</param>
public sealed class InProcessCloud(ICandidateGenerator generator, ListFiles? kept = null)
{
    private const int MostAtOnce = 1_024;

    private readonly Dictionary<(int User, int Length), (CandidateRequest Request, CandidateList List)> _lists = [];
    private int _made;

    /// <summary>Lists made in batches so far.</summary>
    public int ListsMade => _lists.Count;

    /// <summary>Time they took, in milliseconds a list; 0 where all were read from files.</summary>
    public double MillisPerList { get; private set; }

    /// <summary>Rows of items for a device that holds no table; null for one that does.</summary>
    internal SliceSource? Slices { get; init; }

    /// <summary>Makes lists in batches, or reads them.</summary>
    /// <param name="name">Of the lists, for their file.</param>
    /// <param name="requests">For each user a request.</param>
    /// <param name="report">Receives how many are made.</param>
    /// <param name="cancel">Stops between two batches.</param>
    public async Task PrepareAsync(
        string name, IReadOnlyList<(int User, CandidateRequest Request)> requests, Action<int>? report = null,
        CancellationToken cancel = default)
    {
        var lists = kept?.Read(name, generator, requests);
        if (lists is null)
        {
            lists = await MakeAsync(requests, report, cancel).ConfigureAwait(false);
            kept?.Write(name, generator, requests, lists);
        }

        for (var i = 0; i < lists.Length; i++)
            _lists[(requests[i].User, requests[i].Request.History.Count)] = (Bare(requests[i].Request), lists[i]);
        report?.Invoke(requests.Count);
    }

    /// <summary>
    /// The cloud as one user's device sees it; prepared lists are found by the user, all else is made when it is asked for.
    /// </summary>
    /// <param name="user">As in the prepared requests.</param>
    /// <param name="faults">What goes wrong on the way.</param>
    /// <param name="seed">Of the faults; each user has draws of their own.</param>
    /// <param name="events">Of the user's history.</param>
    public CloudConnection ConnectionOf(int user, FaultOptions faults, int seed, int events) =>
        new((request, cancel) => AnswerAsync(user, request, cancel), faults, NamedSeed.Create(seed, "faults", user), events,
            generator.TokensPerItem);

    private async Task<CandidateList[]> MakeAsync(
        IReadOnlyList<(int User, CandidateRequest Request)> requests, Action<int>? report, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var (before, made, lists) = (MillisPerList * _made, 0, new CandidateList[requests.Count]);
        // Sorted by length, a chunk has few lengths and so full batches.
        foreach (var chunk in Enumerable.Range(0, lists.Length).OrderBy(i => requests[i].Request.History.Count).Chunk(MostAtOnce))
        {
            var some = await generator.GenerateAsync([.. chunk.Select(i => Bare(requests[i].Request))], cancel).ConfigureAwait(false);
            for (var i = 0; i < chunk.Length; i++) lists[chunk[i]] = some[i];
            report?.Invoke(made += chunk.Length);
        }

        _made += lists.Length;
        if (_made > 0) MillisPerList = (before + clock.Elapsed.TotalMilliseconds) / _made;
        return lists;
    }

    private async ValueTask<CloudAnswer<CandidateList>> AnswerAsync(int user, CandidateRequest request, CancellationToken cancel)
    {
        if (request.CatalogVersion != generator.CatalogVersion)
        {
            return new CloudFault
            {
                Kind = CloudFaultKind.Refused,
                Message = $"items are numbered by catalogue {request.CatalogVersion}, the cloud's by {generator.CatalogVersion}; "
                    + "fetch the bundle again",
            };
        }

        var bare = Bare(request);
        var list = _lists.TryGetValue((user, request.History.Count), out var made) && IsSame(made.Request, bare)
            ? made.List
            : (await generator.GenerateAsync([bare], cancel).ConfigureAwait(false))[0];
        return Slices is null || request.SliceOfModel is null ? list : Slices.With(list, request);
    }

    /// <summary>What decides which items are listed.</summary>
    private static CandidateRequest Bare(CandidateRequest request) => request with { SliceOfModel = null };

    private static bool IsSame(CandidateRequest a, CandidateRequest b) =>
        a.History.SequenceEqual(b.History) && (a.Times ?? []).SequenceEqual(b.Times ?? []) && (a.Values ?? []).SequenceEqual(b.Values ?? [])
        && a with { History = b.History, Times = b.Times, Values = b.Values } == b;
}
