namespace Tandem.Cloud.Stores;

/// <summary>A store cannot be used; the message says what, where and what to do.</summary>
/// <param name="message">For people.</param>
/// <param name="inner">What the database said.</param>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True where the same call may succeed later: a connection was lost, a disk is full, a server restarts.</summary>
    public bool IsTransient { get; init; }
}
