namespace Tandem.Cloud;

/// <summary>A service cannot start; the message names every fault of its options.</summary>
/// <param name="message">For people.</param>
public sealed class CloudOptionsException(string message) : Exception(message);
