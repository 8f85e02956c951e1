namespace Tandem.Learning.Codes;

/// <summary>Settings of <see cref="CodeMethod.Rqvae"/> that the other methods have not.</summary>
public sealed record RqVaeOptions
{
    /// <summary>Widths of the encoder's inner layers; the decoder has them in reverse. Default 256, 128.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [256, 128];

    /// <summary>Width of what is quantised. Default 32, as in TIGER.</summary>
    public int Latent { get; init; } = 32;

    /// <summary>Passes over the items. Default 200.</summary>
    public int Epochs { get; init; } = 200;

    /// <summary>Items of a step. Default 1024.</summary>
    public int Batch { get; init; } = 1024;

    /// <summary>Step size. Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>β: weight of the distance of latents from their centres. Default 0.25, as in VQ-VAE.</summary>
    public double Commitment { get; init; } = 0.25;

    /// <summary>Share of a centre's mean that a step keeps, in [0, 1). Default 0.95.</summary>
    public double CentreDecay { get; init; } = 0.95;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Hidden.Any(width => width < 1)) yield return $"rqvae: hidden width {Hidden.Min()}; at least 1 is needed";
        if (Latent < 1) yield return $"rqvae: latent width {Latent}; at least 1 is needed";
        if (Epochs < 1) yield return $"rqvae: {Epochs} epochs; at least 1 is needed";
        if (Batch < 1) yield return $"rqvae: batch {Batch}; at least 1 item is needed";
        if (LearningRate is not (> 0 and < double.PositiveInfinity))
            yield return $"rqvae: learning rate {LearningRate} is not a finite number above 0";
        if (Commitment is not (>= 0 and < double.PositiveInfinity))
            yield return $"rqvae: commitment {Commitment} is not a finite number of at least 0";
        if (CentreDecay is not (>= 0 and < 1)) yield return $"rqvae: centre decay {CentreDecay} is not in [0, 1)";
    }
}
