using System.Diagnostics;
using Tandem.Device;
using Tandem.Learning.Collaboration;
using Tandem.Protocol.Messages;

namespace Tandem.Simulation;

/// <summary>
/// A cloud without a network. Lists that are known to be needed are made in batches ahead of the replay; the device still asks for
/// each of them when its time comes.
/// </summary>
public sealed class InProcessCloud(ICandidateGenerator generator) : ICloud
{
    private readonly Dictionary<(int User, int Length), CandidateList> _lists = [];

    /// <summary>Lists made in batches so far.</summary>
    public int ListsMade => _lists.Count;

    /// <summary>Time they took, in milliseconds a list.</summary>
    public double MillisPerList { get; private set; }

    /// <summary>The user whose device asks next: in process there is no connection to tell devices apart.</summary>
    public int CurrentUser { get; set; }

    /// <summary>Makes lists in batches.</summary>
    /// <param name="requests">For each user a request.</param>
    /// <param name="report">Receives how many are made.</param>
    public void Prepare(IReadOnlyList<(int User, CandidateRequest Request)> requests, Action<int>? report = null)
    {
        var clock = Stopwatch.StartNew();
        var (before, made) = (MillisPerList * ListsMade, 0);
        // Sorted by length, a chunk has few lengths and so full batches.
        foreach (var chunk in requests.OrderBy(r => r.Request.History.Count).Chunk(1024))
        {
            var lists = generator.Generate([.. chunk.Select(r => r.Request)]);
            for (var i = 0; i < chunk.Length; i++) _lists[(chunk[i].User, chunk[i].Request.History.Count)] = lists[i];
            report?.Invoke(made += chunk.Length);
        }

        if (ListsMade > 0) MillisPerList = (before + clock.Elapsed.TotalMilliseconds) / ListsMade;
    }

    /// <inheritdoc/>
    public ValueTask<CandidateList> GetCandidatesAsync(CandidateRequest request, CancellationToken cancel = default) =>
        new(_lists.TryGetValue((CurrentUser, request.History.Count), out var list) ? list : generator.Generate([request])[0]);
}
