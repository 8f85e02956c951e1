namespace Tandem.Native;

/// <summary>What is open, by handle. A handle is a number and no address, so a closed or garbage one is told from an open one.</summary>
/// <param name="what">Names an entry in a fault.</param>
internal sealed class HandleTable<T>(string what)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, T> _open = [];

    public ulong Add(T entry)
    {
        var handle = Handles.Next();
        lock (_gate) _open.Add(handle, entry);
        return handle;
    }

    /// <exception cref="CallFault">Nothing open has this handle.</exception>
    public T Get(ulong handle)
    {
        lock (_gate) return _open.GetValueOrDefault(handle) ?? throw Unknown(handle);
    }

    /// <summary>No later call finds it.</summary>
    /// <exception cref="CallFault">Nothing open has this handle.</exception>
    public T Remove(ulong handle)
    {
        lock (_gate) return _open.Remove(handle, out var entry) ? entry : throw Unknown(handle);
    }

    /// <summary>The answer to a handle that nothing open has.</summary>
    public CallFault Unknown(ulong handle) =>
        new(Status.BadHandle, $"no {what} has the handle {handle}: it was given back before, or never given");
}

/// <summary>Handles of every kind come from one count, so none is given twice and none passes for another kind.</summary>
internal static class Handles
{
    private static ulong _last;

    public static ulong Next() => Interlocked.Increment(ref _last);
}
