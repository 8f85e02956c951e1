namespace Tandem.Learning.Training.Search;

/// <summary>How many configurations are tried, and for how long.</summary>
public sealed record SuccessiveHalvingOptions
{
    /// <summary>n, configurations of the first rung.</summary>
    public required int Configurations { get; init; }

    /// <summary>R, epochs of the last rung.</summary>
    public required int Epochs { get; init; }

    /// <summary>The configurations derive from it by name.</summary>
    public required int Seed { get; init; }

    /// <summary>η: of η trials one goes on, for η times the epochs; at least 2. Default 3 (Hyperband, arXiv 1603.06560).</summary>
    public int Eta { get; init; } = 3;

    /// <summary>Fewest epochs of the first rung. Default 1.</summary>
    public int LeastEpochs { get; init; } = 1;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Configurations < 1) yield return $"{Configurations} configurations; at least 1 is needed";
        if (LeastEpochs < 1) yield return $"at least {LeastEpochs} epochs; 1 or more are expected";
        if (Epochs < LeastEpochs) yield return $"{Epochs} epochs; at least {LeastEpochs} are needed, those of the first rung";
        if (Eta < 2) yield return $"eta {Eta}; at least 2 is needed, for some trial has to leave";
    }

    /// <summary>
    /// Trials and epochs of each rung: ⌊n η^−i⌋ and R η^(i−s), with the greatest s that leaves a trial for the last rung and
    /// <see cref="LeastEpochs"/> for the first. Epochs are rounded down.
    /// </summary>
    public IReadOnlyList<(int Trials, int Epochs)> Rungs()
    {
        var rungs = new List<(int Trials, int Epochs)>();
        for (long power = 1; power <= Configurations && Epochs / power >= LeastEpochs; power *= Eta)
            rungs.Add(((int)(Configurations / power), (int)(Epochs / power)));
        return [.. rungs.Zip(Enumerable.Reverse(rungs), (many, late) => (many.Trials, late.Epochs))];
    }
}
