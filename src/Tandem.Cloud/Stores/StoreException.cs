namespace Tandem.Cloud.Stores;

/// <summary>A store cannot be used; the message says what, where and what to do.</summary>
/// <param name="message">For people.</param>
/// <param name="inner">What the database said.</param>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
