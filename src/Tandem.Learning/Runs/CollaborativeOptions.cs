namespace Tandem.Learning.Runs;

/// <summary>Settings of <see cref="CollaborativeTraining"/>.</summary>
public sealed record CollaborativeOptions
{
    /// <summary>Folder of a finished run under <c>loo-age-N</c>: the cloud's model, which has not learned each user's last N training
    /// events.</summary>
    public required string Cloud { get; init; }

    /// <summary>Folder of a finished run of a sequence model under the same protocol: the device's model, trained by itself.</summary>
    public required string Device { get; init; }

    /// <summary>λ of the lists' loss, of which the one with the best validation is kept. Default .1, .3 and 1.</summary>
    public IReadOnlyList<double> ListWeights { get; init; } = [0.1, 0.3, 1];

    /// <summary>Most epochs of each stage. Default 5: weights are near their end when a stage begins.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Greatest learning rate of each stage. Default .001, a quarter of that of a training from the start.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>a of re-training, see <see cref="Training.PretrainedOptions.Anchor"/>. Default .001.</summary>
    public double Anchor { get; init; } = 1e-3;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (ListWeights.Count == 0) yield return "no weight of the lists is given; expected one at least";
        foreach (var weight in ListWeights.Where(weight => weight is not (> 0 and < double.PositiveInfinity)))
            yield return $"weight of the lists is {weight}, expected more than 0";
        if (Epochs < 1) yield return $"{Epochs} epochs; at least 1 is needed";
        if (LearningRate is not (> 0 and < double.PositiveInfinity)) yield return $"learning rate {LearningRate} is not above 0";
        if (Anchor is not (>= 0 and < 1)) yield return $"anchor {Anchor} is not in [0, 1)";
    }
}
