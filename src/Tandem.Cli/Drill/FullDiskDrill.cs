using Tandem.Device;
using Tandem.Device.Storage;

namespace Tandem.Cli.Drill;

/// <summary>
/// A disk is filled to its last byte while a session logs; what it acknowledged must be there, and it must go on once there is space.
/// </summary>
/// <param name="figures">Counts.</param>
/// <param name="random">How much space is left.</param>
/// <param name="disk">A folder on a small file system of its own.</param>
internal sealed class FullDiskDrill(DrillFigures figures, Random random, string disk)
{
    private const int MostEvents = 40_000;
    private const int MostLeftBytes = 60_000;
    private const int RefusalsToEnd = 20;

    /// <summary>Fills, logs until events are refused, makes space, logs on, and reads what is there.</summary>
    public void Run(LogDrill log)
    {
        var (path, filler) = (Path.Combine(disk, "events"), Path.Combine(disk, "filler"));
        foreach (var old in new[] { path, filler }) File.Delete(old);
        log.Begin(path);
        if (!DeviceSession.TryOpen(new DrillModel(0).Model, LoggingProcess.Options, path, out var session, out var fault,
            new EventLogOptions { FlushEvery = random.Next(3) }))
        {
            throw new IOException(fault);
        }

        long acknowledged;
        using (session)
        {
            LogUntilRefused(session, random.Next(3_000));
            Fill(filler, random.Next(MostLeftBytes));
            LogUntilRefused(session, MostEvents);
            File.Delete(filler);
            session.Observe(LoggingProcess.ItemOf(session.EventCount), time: session.EventCount);
            acknowledged = session.EventCount;
        }

        log.Check(path, acknowledged);
        figures.FullDisks++;
    }

    private static void LogUntilRefused(DeviceSession session, int most)
    {
        var refused = 0;
        for (var i = 0; i < most && refused < RefusalsToEnd; i++)
        {
            try
            {
                session.Observe(LoggingProcess.ItemOf(session.EventCount), time: session.EventCount);
            }
            catch (IOException)
            {
                refused++;
            }
        }
    }

    private static void Fill(string path, int leftBytes)
    {
        using var stream = new FileStream(path, FileMode.Create);
        var block = new byte[4_096];
        try
        {
            while (true) stream.Write(block);
        }
        catch (IOException)
        {
            stream.SetLength(Math.Max(0, stream.Length - leftBytes));
        }
    }
}
