using System.Diagnostics;
using Tandem.Device;
using Tandem.Learning.Collaboration;
using Tandem.Protocol.Messages;

namespace Tandem.Simulation;

/// <summary>
/// A cloud without a network, which offers candidates. Lists that are known to be needed are made in batches ahead of the replay; the
/// device still asks for each of them when its time comes.
/// </summary>
public sealed class InProcessCloud(ICandidateGenerator generator)
{
    private const int MostAtOnce = 1_024;

    private readonly Dictionary<(int User, int Length), (CandidateRequest Request, CandidateList List)> _lists = [];

    /// <summary>Lists made in batches so far.</summary>
    public int ListsMade => _lists.Count;

    /// <summary>Time they took, in milliseconds a list.</summary>
    public double MillisPerList { get; private set; }

    /// <summary>Makes lists in batches.</summary>
    /// <param name="requests">For each user a request.</param>
    /// <param name="report">Receives how many are made.</param>
    /// <param name="cancel">Stops between two batches.</param>
    public async Task PrepareAsync(
        IReadOnlyList<(int User, CandidateRequest Request)> requests, Action<int>? report = null, CancellationToken cancel = default)
    {
        var clock = Stopwatch.StartNew();
        var (before, made) = (MillisPerList * ListsMade, 0);
        // Sorted by length, a chunk has few lengths and so full batches.
        foreach (var chunk in requests.OrderBy(r => r.Request.History.Count).Chunk(MostAtOnce))
        {
            var lists = await generator.GenerateAsync([.. chunk.Select(r => r.Request)], cancel).ConfigureAwait(false);
            for (var i = 0; i < chunk.Length; i++)
                _lists[(chunk[i].User, chunk[i].Request.History.Count)] = (chunk[i].Request, lists[i]);
            report?.Invoke(made += chunk.Length);
        }

        if (ListsMade > 0) MillisPerList = (before + clock.Elapsed.TotalMilliseconds) / ListsMade;
    }

    /// <summary>
    /// The cloud as one user's device sees it; prepared lists are found by the user, all else is made when it is asked for.
    /// </summary>
    /// <param name="user">As in the prepared requests.</param>
    public ICloud ConnectionOf(int user) => new Connection(this, user);

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

        if (_lists.TryGetValue((user, request.History.Count), out var made) && IsSame(made.Request, request)) return made.List;
        return (await generator.GenerateAsync([request], cancel).ConfigureAwait(false))[0];
    }

    private static bool IsSame(CandidateRequest a, CandidateRequest b) =>
        a.History.SequenceEqual(b.History) && (a.Times ?? []).SequenceEqual(b.Times ?? []) && (a.Values ?? []).SequenceEqual(b.Values ?? [])
        && a with { History = b.History, Times = b.Times, Values = b.Values } == b;

    private sealed class Connection(InProcessCloud cloud, int user) : ICloud
    {
        public ValueTask<CloudAnswer<CandidateList>> GetCandidatesAsync(CandidateRequest request, CancellationToken cancel = default) =>
            cloud.AnswerAsync(user, request, cancel);
    }
}
