namespace Tandem.Learning.Backbones;

/// <summary>Shape and regularisation of <see cref="Gru4Rec"/>.</summary>
public sealed record Gru4RecOptions
{
    /// <summary>D. Default 64, that of <see cref="SasRecOptions.Width"/>.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Recurrent layers. Default 1: the paper found no gain in more.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Width of the recurrent states; null, the default, for D. Another width is followed by a linear layer back to D.</summary>
    public int? Hidden { get; init; }

    /// <summary>Longest history in items; older items are left out. Default 50, as for SASRec.</summary>
    public int Window { get; init; } = 50;

    /// <summary>Share of activations dropped from the embeddings and between two layers, in [0, 1). Default 0.4, that of
    /// <see cref="SasRecOptions.Dropout"/>; not tuned.</summary>
    public double Dropout { get; init; } = 0.4;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Width < 1) yield return $"width {Width}; at least 1 is needed";
        if (Layers < 1) yield return $"{Layers} layers; at least 1 is needed";
        if (Hidden < 1) yield return $"hidden width {Hidden}; at least 1 is needed";
        if (Window < 1) yield return $"window {Window}; at least 1 item is needed";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
    }
}
