using System.Text.Json;
using Tandem.Device;
using Tandem.Protocol.Messages;

namespace Tandem.Simulation;

/// <summary>
/// One user's connection to the cloud: counts the bytes of its messages, and brings what goes wrong on the way. Answers that come later are
/// kept until their event and then handed to the device, which takes or refuses them.
/// </summary>
/// <param name="answer">What the cloud answers at once.</param>
/// <param name="faults">Shares of calls.</param>
/// <param name="random">Of the user alone.</param>
/// <param name="events">Of the user's history.</param>
/// <param name="tokensPerItem">What an item of a request or list counts as.</param>
public sealed class CloudConnection(
    Func<CandidateRequest, CancellationToken, ValueTask<CloudAnswer<CandidateList>>> answer, FaultOptions faults, Random random, int events,
    int tokensPerItem = 1) : ICloud
{
    private static readonly CloudFault _unreachable = new() { Kind = CloudFaultKind.Unreachable, Message = "no answer came" };

    private readonly int _offlineFrom =
        random.NextDouble() < faults.Offline ? random.Next(Math.Max(1, events - faults.OfflineFor + 1)) : int.MaxValue;

    private readonly List<(int At, CandidateList List)> _coming = [];
    private CandidateList? _last;
    private int _now;

    /// <summary>True where a call may bring no list.</summary>
    public bool HasFaults => faults.Lost + faults.Late + faults.Repeated + faults.Reordered + faults.Offline > 0;

    /// <summary>What left the device and what reached it, so far.</summary>
    public Traffic Traffic { get; private set; }

    /// <summary>An event was observed: answers that are due by now come in, in the order of their making.</summary>
    public void Advance(DeviceSession session, int now)
    {
        _now = now;
        foreach (var (_, list) in _coming.Where(coming => coming.At <= now)) session.TryAccept(Received(list), out _);
        _coming.RemoveAll(coming => coming.At <= now);
    }

    /// <summary>Counts bytes that came beside a list.</summary>
    public void Add(int bytesDown) => Traffic += new Traffic(0, 0, bytesDown, 0);

    /// <inheritdoc/>
    public async ValueTask<CloudAnswer<CandidateList>> GetCandidatesAsync(CandidateRequest request, CancellationToken cancel = default)
    {
        if (_now >= _offlineFrom && _now < _offlineFrom + (long)faults.OfflineFor) return _unreachable;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(request, MessageJson.Default.CandidateRequest).Length;
        Traffic += new Traffic(1, bytes, 0, (long)request.History.Count * tokensPerItem);
        var made = await answer(request, cancel).ConfigureAwait(false);
        if (!made.HasValue) return made;
        Traffic += new Traffic(0, 0, 0, (long)made.Value.Items.Count * tokensPerItem); // written, whether it arrives or not
        var arrives = Deliver(made.Value);
        return arrives is null ? _unreachable : Received(arrives);
    }

    /// <summary>The list that arrives at once, or null.</summary>
    private CandidateList? Deliver(CandidateList list)
    {
        var (chance, before) = (random.NextDouble(), _last);
        _last = list;
        if ((chance -= faults.Lost) < 0) return null;
        if ((chance -= faults.Late) < 0)
        {
            _coming.Add((_now + faults.LateBy, list));
            return null;
        }

        if ((chance -= faults.Repeated) < 0)
        {
            _coming.Add((_now + 1, list));
            return list;
        }

        if (chance - faults.Reordered >= 0 || before is null) return list;
        _coming.Add((_now + 1, list));
        return before;
    }

    private CandidateList Received(CandidateList list)
    {
        Traffic += new Traffic(0, 0, JsonSerializer.SerializeToUtf8Bytes(list, MessageJson.Default.CandidateList).Length, 0);
        return list;
    }
}
