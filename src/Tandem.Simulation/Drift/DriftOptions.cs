namespace Tandem.Simulation.Drift;

/// <summary>How a switch of taste is measured. Defaults are ours.</summary>
public sealed record DriftOptions
{
    /// <summary>Every random choice derives from it by name.</summary>
    public required int Seed { get; init; }

    /// <summary>Most epochs of a training; validation may end it sooner. Default 30.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>D of every model. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <summary>
    /// t₀, events before the switch, <see cref="Baseline"/> or more. Default 20, within a mini-batch of 8 and not at its end.
    /// </summary>
    public int SwitchAt { get; init; } = 20;

    /// <summary>Events after the switch, <see cref="Smoothing"/> or more. Default 30.</summary>
    public int Horizon { get; init; } = 30;

    /// <summary>Events before the switch whose mean hit rate is to be reached again, 1 or more. Default 5.</summary>
    public int Baseline { get; init; } = 5;

    /// <summary>Events of the running mean, 1 or more. Default 3.</summary>
    public int Smoothing { get; init; } = 3;

    /// <summary>Share of the hit rate before the switch that counts as recovered, in (0, 1]. Default .9.</summary>
    public double Share { get; init; } = 0.9;

    /// <summary>Events after the switch over which models are compared user by user. Default 10.</summary>
    public int Compared { get; init; } = 10;

    /// <summary>Draws of users behind an interval. Default 2000.</summary>
    public int Resamples { get; init; } = 2000;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Epochs < 1) yield return $"{Epochs} epochs; at least 1 is needed";
        if (Width < 1) yield return $"width {Width}; at least 1 is needed";
        if (Baseline < 1) yield return $"baseline of {Baseline} events; at least 1 is needed";
        if (SwitchAt < Baseline) yield return $"a switch after {SwitchAt} events; the baseline takes {Baseline}";
        if (Smoothing < 1) yield return $"smoothing over {Smoothing} events; at least 1 is needed";
        if (Horizon < Smoothing) yield return $"horizon {Horizon}; the running mean takes {Smoothing} events";
        if (Share is not (> 0 and <= 1)) yield return $"share {Share} is not in (0, 1]";
        if (Compared < 1 || Compared > Horizon) yield return $"{Compared} compared events; 1 to {Horizon} can be";
        if (Resamples < 1) yield return $"{Resamples} resamples; at least 1 is needed";
    }
}
