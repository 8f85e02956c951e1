namespace Tandem.Device.Http;

/// <summary>What a server answered to a POST, as whatever speaks HTTP for a program tells it.</summary>
/// <param name="Status">Of HTTP, such as 200.</param>
/// <param name="Body">All of it, decompressed; not trusted.</param>
/// <param name="RetryAfterSeconds">Of the header Retry-After; null without it.</param>
public sealed record PostReply(int Status, ReadOnlyMemory<byte> Body, double? RetryAfterSeconds = null);
