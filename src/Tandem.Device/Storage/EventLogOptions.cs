namespace Tandem.Device.Storage;

/// <summary>How safely an <see cref="EventLog"/> writes.</summary>
/// <remarks>
/// Every event is with the operating system when <see cref="EventLog.Append"/> returns: a process that is killed or crashes loses
/// none, whatever is set here. A power cut or a crash of the system may lose what was not yet flushed to disk.
/// </remarks>
public sealed record EventLogOptions
{
    /// <summary>
    /// Events from one flush to disk to the next; 1 flushes each before <see cref="EventLog.Append"/> returns, 0 none until
    /// <see cref="EventLog.Flush"/> or <see cref="EventLog.Dispose"/>. Default 32: a power cut costs at most the last 31 clicks, and
    /// a flush, which takes milliseconds on a phone's storage, is rare.
    /// </summary>
    public int FlushEvery { get; init; } = 32;
}
