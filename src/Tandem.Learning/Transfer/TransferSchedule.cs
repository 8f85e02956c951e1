namespace Tandem.Learning.Transfer;

/// <summary>At which steps weights are transferred; between them the target trains by itself.</summary>
public sealed record TransferSchedule
{
    /// <summary>f = T_cycle, steps from one transfer to the next, at least 1; null for no transfer ever. Default 4, of the published grid
    /// of 1 to 5.</summary>
    public int? Cycle { get; init; } = 4;

    /// <summary>Steps that the target trains before the first transfer. Default 0, as published.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>
    /// Last epoch with transfers, counted from 1; then what was transferred becomes the target's own, and it goes on alone. Null, the
    /// default, for no end, as published.
    /// </summary>
    public int? StopEpoch { get; init; }

    /// <summary>True where a step begins with a transfer: ⌊(N − 1) / f⌋ + 1 of the first N after the warm-up do.</summary>
    /// <param name="step">Counted from 1 over all epochs.</param>
    /// <param name="epoch">Counted from 1.</param>
    public bool IsDue(long step, int epoch) =>
        Cycle is { } cycle && !IsOver(epoch) && step > WarmupSteps && (step - 1 - WarmupSteps) % cycle == 0;

    /// <summary>True after the last epoch with transfers.</summary>
    public bool IsOver(int epoch) => epoch > StopEpoch;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Cycle < 1) yield return $"a transfer every {Cycle} steps; at least 1 is needed";
        if (WarmupSteps < 0) yield return $"{WarmupSteps} steps before the first transfer; 0 or more are expected";
        if (StopEpoch < 1) yield return $"the last epoch with transfers is {StopEpoch}; at least 1 is expected";
    }
}
