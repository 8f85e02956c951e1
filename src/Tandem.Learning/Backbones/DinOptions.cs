namespace Tandem.Learning.Backbones;

/// <summary>Shape and regularisation of <see cref="Din"/>.</summary>
public sealed record DinOptions
{
    /// <summary>D. Default 64, that of <see cref="BackboneOptions.Width"/>.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Width of the attention unit's hidden layer. Default 36, as in the paper's figure 2.</summary>
    public int AttentionHidden { get; init; } = 36;

    /// <summary>Width of the output's first hidden layer. Default 80, as in the authors' program.</summary>
    public int Hidden { get; init; } = 80;

    /// <summary>Width of the output's second hidden layer. Default 40, as in the authors' program.</summary>
    public int LastHidden { get; init; } = 40;

    /// <summary>Longest history in items; older items are left out. Default 50, as for SASRec.</summary>
    public int Window { get; init; } = 50;

    /// <summary>Share of activations dropped before each of the output's two hidden layers, in [0, 1). Default 0.2; not tuned.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Width < 1) yield return $"width {Width}; at least 1 is needed";
        if (AttentionHidden < 1) yield return $"attention hidden width {AttentionHidden}; at least 1 is needed";
        if (Hidden < 1) yield return $"hidden width {Hidden}; at least 1 is needed";
        if (LastHidden < 1) yield return $"last hidden width {LastHidden}; at least 1 is needed";
        if (Window < 1) yield return $"window {Window}; at least 1 item is needed";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
    }
}
