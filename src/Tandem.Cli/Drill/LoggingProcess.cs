using System.Diagnostics;
using System.Globalization;
using Tandem.Device;

namespace Tandem.Cli.Drill;

/// <summary>Another process that logs events until it is killed, and says after each how many there are.</summary>
internal sealed class LoggingProcess : IDisposable
{
    /// <summary>The hidden verb under which it runs.</summary>
    public const string Verb = "log";

    private const int CompactEvery = 97;
    private const int PauseEvery = 500;     // events, after which the log is let go of for others

    private readonly Process _process;
    private readonly Task<long> _told;

    /// <param name="log">Of the session.</param>
    public LoggingProcess(string log)
    {
        _process = OwnProcess.Start(OwnProcess.StartInfo("drill", Verb, log));
        _told = Task.Run(ReadToEnd);
    }

    /// <summary>The item of the event with a number, from 0: what a killed process wrote can be told without asking it.</summary>
    public static int ItemOf(long number) => (int)(number * 31 % DrillModel.Items) + 1;

    /// <summary>Logs; what the other process does.</summary>
    public static int Run(string log)
    {
        var model = new DrillModel(0).Model;
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        while (true)
        {
            if (!DeviceSession.TryOpen(model, Options, log, out var session, out _)) continue; // another has it
            using (session)
            {
                for (var i = 0; i < PauseEvery; i++)
                {
                    session.Observe(ItemOf(session.EventCount), time: session.EventCount);
                    output.WriteLine(session.EventCount.ToString(CultureInfo.InvariantCulture));
                    if (i % CompactEvery == 0) session.TryRestore(session.Snapshot(), out _); // brings the log in line by a compaction
                }
            }
        }
    }

    /// <summary>Keeps few events, so that a log is soon compacted.</summary>
    public static DeviceSessionOptions Options { get; } = new() { HistoryLimit = 64, ExcludeConsumed = false };

    /// <summary>Kills it in the middle of whatever it does.</summary>
    /// <returns>The number of events that it last said were in the log; 0 where it said nothing.</returns>
    public long Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        return _told.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private long ReadToEnd()
    {
        var last = 0L;
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var told)) Volatile.Write(ref _count, last = told);
        }

        return last;
    }

    /// <summary>Events that it has said so far.</summary>
    public long Count => Volatile.Read(ref _count);

    private long _count;
}
