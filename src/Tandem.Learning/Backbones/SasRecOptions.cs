using Tandem.Learning.Layers;

namespace Tandem.Learning.Backbones;

/// <summary>Shape and regularisation of <see cref="SasRec"/>.</summary>
public sealed record SasRecOptions : BackboneOptions
{
    /// <summary>Number of blocks. Default 1.</summary>
    public int Blocks { get; init; } = 1;

    /// <summary>H, attention heads, a divisor of the width. Default 1, as in the paper.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Share of activations dropped after the embedding and in each sub-layer, in [0, 1). Default 0.4, from a quick
    /// check of the baseline on Beauty; not tuned further.</summary>
    public double Dropout { get; init; } = 0.4;

    /// <inheritdoc/>
    public override IEnumerable<string> Validate()
    {
        foreach (var fault in base.Validate()) yield return fault;
        if (Heads < 1 || Width % Math.Max(Heads, 1) != 0)
            yield return $"width {Width} is not divisible by {Heads} heads; set heads to a divisor of the width";
        if (Blocks < 1) yield return $"{Blocks} blocks; at least 1 is needed";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
    }

    /// <inheritdoc/>
    public override Backbone Build(Noise noise) => new SasRec(this, noise);
}
