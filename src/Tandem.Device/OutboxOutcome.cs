using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>What came of sending an outbox's events.</summary>
/// <param name="Sent">Events whose receipt came.</param>
/// <param name="Left">Events that wait still.</param>
/// <param name="Reason">One phrase for logs: that all are sent, or why not.</param>
/// <param name="Fault">What the cloud answered in place of a receipt; null where it gave them or was not called.</param>
public readonly record struct OutboxOutcome(int Sent, int Left, string Reason, CloudFault? Fault)
{
    /// <summary>True where the cloud gave no receipt.</summary>
    public bool HasFault => Fault is not null;

    /// <summary>How long the cloud asked to wait; zero where it did not.</summary>
    public TimeSpan RetryAfter => Fault?.RetryAfter ?? TimeSpan.Zero;
}
