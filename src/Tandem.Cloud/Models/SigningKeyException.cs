namespace Tandem.Cloud.Models;

/// <summary>A file holds no key that signs bundles; the message says what is expected.</summary>
/// <param name="message">For people.</param>
public sealed class SigningKeyException(string message) : Exception(message);
