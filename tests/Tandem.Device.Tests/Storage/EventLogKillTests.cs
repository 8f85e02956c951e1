using Tandem.Device.Storage;
using Tandem.Tests;

namespace Tandem.Device.Tests.Storage;

public class EventLogKillTests
{
    private const int Rounds = 8;

    [Fact]
    public void A_process_killed_at_any_moment_loses_no_event_that_it_was_told_is_in_the_log()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            using var process = new AppendingProcess(folder["events"]);
            var acknowledged = process.KillAfter(random.Next(30));

            if (!EventLog.TryOpen(folder["events"], AppendingProcess.Catalog, new(), out var log, out var events, out var fault))
                Assert.Fail(fault);
            using (log)
            {
                // One event may have been written and not yet told.
                Assert.InRange(log.BaseCount + events.Count, acknowledged, acknowledged + 1);
                Assert.Equal(Enumerable.Range(0, events.Count).Select(i => AppendingProcess.EventOf(log.BaseCount + i)), events);
            }
        }

        Assert.InRange(Directory.GetFileSystemEntries(folder.Root).Length, 2,
            3); // the log, its lock, and what one killed compaction leaves
    }
}
