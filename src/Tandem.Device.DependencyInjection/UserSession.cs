namespace Tandem.Device.DependencyInjection;

/// <summary>A user's session on its way from being asked for to being evicted. Its mutable parts belong to the lock of its owner.</summary>
internal sealed class UserSession
{
    public UserSession(string userId) => (UserId, Node) = (userId, new(this));

    public string UserId { get; }

    /// <summary>Leases out, and callers who wait for one.</summary>
    public int Leases { get; set; }

    /// <summary>Its place among those that wait or those that nobody uses; in neither list otherwise.</summary>
    public LinkedListNode<UserSession> Node { get; }

    /// <summary>Ends with the session, or with why there is none.</summary>
    public TaskCompletionSource<DeviceSession> Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the session has been evicted and its log closed.</summary>
    public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The work that ends <see cref="Opened"/>; null while there is no place for the session.</summary>
    public Task? Opening { get; set; }

    public bool IsOpen => Opened.Task.IsCompletedSuccessfully;
}
