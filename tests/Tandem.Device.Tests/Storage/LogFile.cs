using Tandem.Device.Storage;
using Tandem.Tests;

namespace Tandem.Device.Tests.Storage;

/// <summary>An event log's file that a test damages and opens again.</summary>
internal sealed class LogFile : IDisposable
{
    public const string Catalog = "catalogue-a";

    // No flushes: these tests are about bytes, not about the disk.
    private static readonly EventLogOptions _options = new() { FlushEvery = 0 };

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder["events"];

    public string Temporary => _folder["events.tmp"];

    public byte[] Bytes
    {
        get => File.ReadAllBytes(Path);
        set => File.WriteAllBytes(Path, value);
    }

    /// <summary>Opens the log, asserts that it is not refused, and closes it when the test is done with it.</summary>
    public T With<T>(Func<EventLog, IReadOnlyList<LoggedEvent>, T> use)
    {
        Assert.True(EventLog.TryOpen(Path, Catalog, _options, out var log, out var events, out var fault), fault);
        using (log) return use(log, events);
    }

    public void With(Action<EventLog> use) => With((log, _) =>
    {
        use(log);
        return 0;
    });

    public IReadOnlyList<LoggedEvent> Events() => With((_, events) => events);

    public void Append(params LoggedEvent[] events) => With(log =>
    {
        foreach (var e in events) log.Append(e);
    });

    /// <summary>Asserts that the file is refused for a reason and left as it is.</summary>
    public void AssertRefused(string reason, string catalog = Catalog)
    {
        var before = Bytes;
        Assert.False(EventLog.TryOpen(Path, catalog, _options, out var log, out var events, out var fault));
        Assert.Null(log);
        Assert.Empty(events);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
        Assert.Equal(before, Bytes);
    }

    public void Dispose() => _folder.Dispose();
}
