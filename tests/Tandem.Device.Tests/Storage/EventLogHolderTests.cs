using System.Runtime.Versioning;
using Tandem.Device.Storage;
using Tandem.Tests;

namespace Tandem.Device.Tests.Storage;

/// <summary>Who has the file, and what it may be.</summary>
public sealed class EventLogHolderTests : IDisposable
{
    private static readonly LoggedEvent _event = LoggedEvent.Observe(7, 1);

    private readonly TemporaryFolder _folder = new();

    public static bool HasPermissions => !OperatingSystem.IsWindows();

    private string LogPath => _folder["events"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nobody_gets_in_during_a_compaction()
    {
        using var log = Open(LogPath);
        using var done = new CancellationTokenSource();
        var openers = Task.Run(
            () =>
            {
                var entered = 0;
                while (!done.IsCancellationRequested)
                {
                    if (!EventLog.TryOpen(LogPath, LogFile.Catalog, new(), out var second, out _, out var fault))
                    {
                        Assert.Contains("cannot be opened", fault, StringComparison.Ordinal);
                        continue;
                    }

                    entered++;
                    second.Dispose();
                }

                return entered;
            },
            TestContext.Current.CancellationToken);
        for (var i = 0; i < 300; i++)
        {
            log.Append(_event);
            log.Compact(0, [_event]);
        }

        await done.CancelAsync();
        Assert.Equal(0, await openers);
    }

    [Fact]
    public void A_log_that_could_not_be_opened_again_is_tried_anew_at_the_next_event()
    {
        using var log = Open(LogPath);
        log.Append(_event);
        log.Compact(0, [_event]);               // leaves it to be opened by the next event
        using (new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.None))
        {
            Assert.Throws<IOException>(() => log.Append(_event));
        }

        log.Append(_event);
        Assert.Equal(2, log.Count);
        log.Dispose();
        using var again = Open(LogPath);
        Assert.Equal(2, again.Count);
    }

    [Fact]
    public void A_compaction_that_finds_no_place_leaves_the_log_as_it_was()
    {
        using var log = Open(LogPath);
        log.Append(_event);
        Directory.CreateDirectory(_folder["events.tmp"]);
        Assert.Throws<IOException>(() => log.Compact(5, []));
        log.Append(_event);
        Assert.Equal((0L, 2), (log.BaseCount, log.Count));
        Directory.Delete(_folder["events.tmp"]);
        log.Compact(5, [_event]);
        Assert.Equal((5L, 1), (log.BaseCount, log.Count));
    }

    [Fact]
    public void A_linked_log_keeps_its_link_and_its_target()
    {
        Directory.CreateDirectory(_folder["store"]);
        File.CreateSymbolicLink(LogPath, "store/user-1");
        using (var log = Open(LogPath))
        {
            log.Append(_event);
            log.Compact(3, [_event]);
            log.Append(_event);
            Assert.False(EventLog.TryOpen(_folder["store/user-1"], LogFile.Catalog, new(), out _, out _, out _)); // by whatever name
        }

        Assert.Equal("store/user-1", new FileInfo(LogPath).LinkTarget);
        using var target = Open(_folder["store/user-1"]);
        Assert.Equal((3L, 2), (target.BaseCount, target.Count));
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    public void A_device_is_refused_and_stays_one(string device)
    {
        Assert.False(EventLog.TryOpen(device, LogFile.Catalog, new(), out _, out _, out var fault));
        Assert.Contains("no regular file", fault, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(device).Length);
        Assert.False(File.Exists($"{device}.lock"));
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        Assert.False(EventLog.TryOpen(_folder["nowhere/events"], LogFile.Catalog, new(), out _, out _, out var fault));
        Assert.Contains($"there is no folder {_folder["nowhere"]}; create it first", fault, StringComparison.Ordinal);
    }

    [Fact(SkipUnless = nameof(HasPermissions), Skip = "the system has other permissions")]
    [UnsupportedOSPlatform("windows")]
    public void New_files_are_for_their_user_alone_and_those_that_were_there_keep_their_permissions()
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var log = Open(LogPath))
        {
            log.Append(_event);
            log.Compact(0, [_event]);
        }

        Assert.All(Directory.GetFiles(_folder.Root), path => Assert.Equal(Private, File.GetUnixFileMode(path)));
        File.SetUnixFileMode(LogPath, Private | UnixFileMode.GroupRead);
        using (var log = Open(LogPath)) log.Compact(0, []);
        Assert.Equal(Private | UnixFileMode.GroupRead, File.GetUnixFileMode(LogPath));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void A_number_of_events_that_nobody_has_is_refused(long baseCount)
    {
        var header = new byte[EventLogHeader.SizeBytes];
        EventLogHeader.Write(header, LogFile.Catalog, baseCount);
        File.WriteAllBytes(LogPath, header);
        Assert.False(EventLog.TryOpen(LogPath, LogFile.Catalog, new(), out _, out _, out var fault));
        Assert.Contains("damaged header", fault, StringComparison.Ordinal);
        Assert.Equal(header, File.ReadAllBytes(LogPath)); // and nobody holds it
    }

    private static EventLog Open(string path) =>
        EventLog.TryOpen(path, LogFile.Catalog, new() { FlushEvery = 0 }, out var log, out _, out var fault)
            ? log
            : throw new InvalidOperationException(fault);
}
