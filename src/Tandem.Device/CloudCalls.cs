using System.Globalization;
using Tandem.Device.Collaboration;
using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>A session's calls to the cloud: one at a time, and none before the time that the cloud named.</summary>
internal sealed class CloudCalls(TimeProvider time)
{
    private long? _began;           // of the last call for a list
    private long _eventsAtCall;
    private long _waitFrom;
    private TimeSpan _wait;
    private string _waitReason = "";
    private bool _isUnderWay;

    /// <summary>Calls for a list so far.</summary>
    public int Count { get; private set; }

    /// <summary>Why no call can be made now, or null.</summary>
    public string? Obstacle()
    {
        if (_isUnderWay) return "a call is under way";
        return _wait > TimeSpan.Zero && time.GetElapsedTime(_waitFrom) < _wait ? _waitReason : null;
    }

    /// <summary>A call begins; returns the time stamp.</summary>
    public long Begin()
    {
        _isUnderWay = true;
        return time.GetTimestamp();
    }

    /// <summary>A call for a list begins; returns the time stamp.</summary>
    /// <param name="events">Of the user.</param>
    public long BeginList(long events)
    {
        var now = Begin();
        (_began, _eventsAtCall) = (now, events);
        Count++;
        return now;
    }

    /// <summary>A call ended.</summary>
    /// <param name="began">What its begin returned.</param>
    /// <param name="fault">The cloud's answer, where it was none.</param>
    /// <returns>How long it took.</returns>
    public TimeSpan End(long began, CloudFault? fault)
    {
        _isUnderWay = false;
        _wait = fault?.RetryAfter ?? TimeSpan.Zero;
        if (_wait > TimeSpan.Zero)
        {
            _waitFrom = time.GetTimestamp();
            _waitReason = string.Create(CultureInfo.InvariantCulture, $"the cloud asked to wait {_wait.TotalSeconds:0.###} s ({fault})");
        }

        return time.GetElapsedTime(began);
    }

    /// <summary>Adds to a situation what is known of calls.</summary>
    public RequestSituation Describe(in RequestSituation situation) => situation with
    {
        Calls = Count,
        EventsSinceCall = _began is null ? situation.Events : Math.Max(0, situation.Events - _eventsAtCall),
        SecondsSinceCall = _began is { } began ? time.GetElapsedTime(began).TotalSeconds : double.PositiveInfinity,
        Time = time.GetUtcNow().ToUnixTimeSeconds(),
    };

    /// <summary>The answer to a call, whatever the cloud does but keep silent; the caller's cancellation alone comes through.</summary>
    public static async ValueTask<CloudAnswer<TAnswer>> AnswerAsync<TRequest, TAnswer>(
        Func<TRequest, CancellationToken, ValueTask<CloudAnswer<TAnswer>>> call, TRequest request, CancellationToken cancel)
        where TAnswer : class
    {
        try
        {
            var answer = await call(request, cancel).ConfigureAwait(false);
            return answer.HasValue || answer.Fault is not null
                ? answer
                : Fault(CloudFaultKind.Failed, "the answer is neither a value nor a fault");
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested) // how a transport tells a timeout
        {
            return Fault(CloudFaultKind.Unreachable, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException) // foreign code: whatever it throws
        {
            return Fault(CloudFaultKind.Failed, $"{e.GetType().Name}: {e.Message}");
        }
    }

    private static CloudFault Fault(CloudFaultKind kind, string message) => new() { Kind = kind, Message = message };
}
