using System.Diagnostics;
using System.Globalization;
using Tandem.Device.Storage;

namespace Tandem.Device.Tests.Storage;

/// <summary>A process that appends until it is killed and prints the number of events after each that was taken.</summary>
internal sealed class AppendingProcess : IDisposable
{
    public const string Argument = "append-until-killed";
    public const string Catalog = "catalogue-a";

    private const int CompactEvery = 97;
    private const int KeptAtCompaction = 20;

    private readonly Process _process;

    public AppendingProcess(string path)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        string[] arguments = ["exec", typeof(AppendingProcess).Assembly.Location, Argument, path];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    /// <summary>The event of a number, from 0: what the killed process wrote can be told without asking it.</summary>
    public static LoggedEvent EventOf(long number) => number % 7 == 3
        ? LoggedEvent.Undo(1_700_000_000 + number)
        : LoggedEvent.Observe((int)(number * 31 % 1000) + 1, 1_700_000_000 + number);

    /// <summary>What the killed process is: the program's other <c>Main</c>.</summary>
    public static async Task<int> Append(string path)
    {
        if (!EventLog.TryOpen(path, Catalog, new(), out var log, out _, out var fault)) throw new InvalidOperationException(fault);
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        while (true)
        {
            var number = log.BaseCount + log.Count;
            log.Append(EventOf(number));
            output.WriteLine((number + 1).ToString(CultureInfo.InvariantCulture));
            if ((number + 1) % CompactEvery == 0) Compact(log);
        }
    }

    /// <summary>Lets it work for a while from its first event on, then kills it in the middle of whatever it does.</summary>
    /// <returns>The number of events that it last said were in the log.</returns>
    public long KillAfter(int milliseconds)
    {
        var last = Number(_process.StandardOutput.ReadLine());
        Thread.Sleep(milliseconds);
        _process.Kill();
        while (_process.StandardOutput.ReadLine() is { } line) last = Number(line);
        _process.WaitForExit();
        return last;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static void Compact(EventLog log)
    {
        var end = log.BaseCount + log.Count;
        LoggedEvent[] kept = [.. Enumerable.Range(1, KeptAtCompaction).Select(i => EventOf(end - KeptAtCompaction - 1 + i))];
        log.Compact(end - KeptAtCompaction, kept);
    }

    private static long Number(string? line) => long.Parse(line ?? "", CultureInfo.InvariantCulture);
}
