using Tandem.Learning.Layers;

namespace Tandem.Learning.Backbones;

/// <summary>Shape and regularisation of <see cref="Gru4Rec"/>.</summary>
public sealed record Gru4RecOptions : BackboneOptions
{
    /// <summary>Recurrent layers. Default 1: the paper found no gain in more.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Width of the recurrent states; null, the default, for D. Another width is followed by a linear layer back to D.</summary>
    public int? Hidden { get; init; }

    /// <summary>Share of activations dropped from the embeddings and between two layers, in [0, 1). Default 0.4, that of
    /// <see cref="SasRecOptions.Dropout"/>; not tuned.</summary>
    public double Dropout { get; init; } = 0.4;

    /// <inheritdoc/>
    public override IEnumerable<string> Validate()
    {
        foreach (var fault in base.Validate()) yield return fault;
        if (Layers < 1) yield return $"{Layers} layers; at least 1 is needed";
        if (Hidden < 1) yield return $"hidden width {Hidden}; at least 1 is needed";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
    }

    /// <inheritdoc/>
    public override Backbone Build(Noise noise) => new Gru4Rec(this, noise);
}
