namespace Tandem.Cloud.Requests;

/// <summary>A refusal on the wire: RFC 9457's problem details, with what programs and devices decide by.</summary>
/// <param name="Type">An address that stands for the code.</param>
/// <param name="Title">A summary that is constant for the code.</param>
/// <param name="Status">Of HTTP.</param>
/// <param name="Detail">What was wrong with this request, for people.</param>
/// <param name="Code">Stable, such as <c>queue.full</c>.</param>
/// <param name="Kind">As a device takes it: a kind of <see cref="Tandem.Protocol.Messages.CloudFault"/>, such as <c>busy</c>.</param>
/// <param name="RetryAfterSeconds">After which the same request may be answered; null where the service names no time.</param>
public sealed record Problem(
    string Type, string Title, int Status, string Detail, string Code, string Kind, double? RetryAfterSeconds);
