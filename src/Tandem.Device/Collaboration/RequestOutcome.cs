using Tandem.Protocol.Messages;

namespace Tandem.Device.Collaboration;

/// <summary>What came of the wish for a new list.</summary>
public readonly record struct RequestOutcome
{
    /// <summary>True where the cloud was called.</summary>
    public bool Asked { get; init; }

    /// <summary>True where its list serves now. Without it the last good one serves on.</summary>
    public bool HasNewList { get; init; }

    /// <summary>Why there was a call or none, and where it brought no list, why: one phrase for logs and dashboards.</summary>
    public string Reason { get; init; }

    /// <summary>
    /// What the cloud answered in place of a list; null where it answered a list, was not called or the call was cancelled.
    /// </summary>
    public CloudFault? Fault { get; init; }

    /// <summary>From the call to the answer; zero without a call.</summary>
    public TimeSpan Elapsed { get; init; }
}
