using System.Text.Json.Serialization;

namespace Tandem.Protocol.Messages;

/// <summary>What a cloud answers in place of what it was asked for.</summary>
public sealed record CloudFault
{
    /// <summary>Longest time, in seconds, that a cloud can ask a device to wait: a day. One that is longer counts as this.</summary>
    public const double MostRetryAfterSeconds = 86_400;

    /// <summary>What programs decide by.</summary>
    public required CloudFaultKind Kind { get; init; }

    /// <summary>What was wrong, for people.</summary>
    public required string Message { get; init; }

    /// <summary>Seconds during which the device is not to call again; null, the default, where the cloud names none.</summary>
    public double? RetryAfterSeconds { get; init; }

    /// <summary>How long to wait: zero where none, or no length of time, is named, and a day at most.</summary>
    [JsonIgnore]
    public TimeSpan RetryAfter =>
        RetryAfterSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(Math.Min(seconds, MostRetryAfterSeconds)) : TimeSpan.Zero;

    /// <summary>The answer of a cloud without a call.</summary>
    /// <param name="call">Such as <c>parameters</c>.</param>
    public static CloudFault NotOffered(string call) => new()
    {
        Kind = CloudFaultKind.NotOffered,
        Message = $"this cloud offers no {call}",
    };

    /// <summary>Kind and message, the latter shortened.</summary>
    public override string ToString() => $"{CloudFaultKindConverter.NameOf(Kind)}: {FaultText.Shorten(Message)}";
}
