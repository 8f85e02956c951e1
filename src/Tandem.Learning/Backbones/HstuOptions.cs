using Tandem.Learning.Layers;

namespace Tandem.Learning.Backbones;

/// <summary>Shape and regularisation of <see cref="Hstu"/>.</summary>
public sealed record HstuOptions : BackboneOptions
{
    /// <summary>Number of blocks. Default 2, as in the authors' program.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>H, attention heads. Default 1, as in the authors' program.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Width of a head's queries and keys. Default 64, as in the authors' program.</summary>
    public int AttentionWidth { get; init; } = 64;

    /// <summary>Width of a head's values and of the gate over them. Default 64, as in the authors' program.</summary>
    public int LinearWidth { get; init; } = 64;

    /// <summary>Share of activations dropped from the embeddings and before each block's last product, in [0, 1). Default 0.4, that
    /// of <see cref="SasRecOptions.Dropout"/>; not tuned.</summary>
    public double Dropout { get; init; } = 0.4;

    /// <summary>Buckets of time differences, each 1.35 times as far as the one before; the last takes all that is farther. Default
    /// 128, as in the authors' program: ten years end in bucket 65.</summary>
    public int TimeBuckets { get; init; } = 128;

    /// <inheritdoc/>
    public override IEnumerable<string> Validate()
    {
        foreach (var fault in base.Validate()) yield return fault;
        if (Blocks < 1) yield return $"{Blocks} blocks; at least 1 is needed";
        if (Heads < 1) yield return $"{Heads} heads; at least 1 is needed";
        if (AttentionWidth < 1) yield return $"attention width {AttentionWidth}; at least 1 is needed";
        if (LinearWidth < 1) yield return $"linear width {LinearWidth}; at least 1 is needed";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
        if (TimeBuckets < 1) yield return $"{TimeBuckets} time buckets; at least 1 is needed";
    }

    /// <inheritdoc/>
    public override Backbone Build(Noise noise) => new Hstu(this, noise);
}
