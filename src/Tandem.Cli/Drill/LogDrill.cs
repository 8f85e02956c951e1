using Tandem.Device;

namespace Tandem.Cli.Drill;

/// <summary>Processes that log are killed, alone and in pairs on one log; afterwards every acknowledged event must be there.</summary>
/// <param name="figures">Counts.</param>
/// <param name="random">When to kill.</param>
internal sealed class LogDrill(DrillFigures figures, Random random)
{
    private const int MostMillis = 120;
    private const int MostWaitMillis = 20_000;

    private readonly Dictionary<string, long> _acknowledged = [];   // at the last check of a log

    private readonly Device.DeviceModel _model = new DrillModel(0).Model;

    /// <summary>One process, killed at a random moment after its first event.</summary>
    public void Kill(string log)
    {
        using var process = new LoggingProcess(log);
        WaitFor(() => process.Count > 0);
        Thread.Sleep(random.Next(MostMillis));
        Check(log, process.Kill());
        figures.Kills++;
    }

    /// <summary>Two processes that take turns in having the log, killed at once.</summary>
    public void Pair(string log)
    {
        using LoggingProcess first = new(log), second = new(log);
        WaitFor(() => first.Count > 0 || second.Count > 0);
        Thread.Sleep(random.Next(3 * MostMillis));
        Check(log, Math.Max(first.Kill(), second.Kill()));
        figures.Pairs++;
    }

    /// <summary>Opens the log and counts what is missing or wrong.</summary>
    /// <param name="log">That of one process after another, or a new one.</param>
    /// <param name="acknowledged">Events, from the user's first on.</param>
    public void Check(string log, long acknowledged)
    {
        figures.Acknowledged += acknowledged - _acknowledged.GetValueOrDefault(log);
        _acknowledged[log] = acknowledged;
        if (!DeviceSession.TryOpen(_model, LoggingProcess.Options, log, out var session, out var fault))
        {
            Lose(acknowledged, fault);
            return;
        }

        using (session)
        {
            if (session.EventCount < acknowledged)
                Lose(acknowledged - session.EventCount, $"{acknowledged} events were acknowledged, {session.EventCount} are there");
            var first = session.EventCount - session.History.Count;
            var wrong = session.History.Where((item, i) => item != LoggingProcess.ItemOf(first + i)).Count();
            if (wrong > 0) Lose(wrong, $"{wrong} of {session.History.Count} events are others than were logged");
            if (session.LogDamage is { } damage) Lose(damage.Events, $"{damage.Events} events were set aside in {damage.File}");
        }
    }

    /// <summary>The log begins anew.</summary>
    public void Begin(string log) => _acknowledged.Remove(log);

    private void Lose(long events, string fault)
    {
        figures.Lost += events;
        figures.Faults.Add(fault);
    }

    private static void WaitFor(Func<bool> condition)
    {
        for (var waited = 0; waited < MostWaitMillis && !condition(); waited++) Thread.Sleep(1);
    }
}
