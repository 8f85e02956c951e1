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

    /// <summary>The kind of the blocks. Default <see cref="SasRecBlockKind.PreNorm"/>.</summary>
    public SasRecBlockKind Block { get; init; } = SasRecBlockKind.PreNorm;

    /// <summary>M: the feed-forward layers are M × D wide. Default 1, as in SASRec's paper; eSASRec sets 4 with LiGR blocks.</summary>
    public int FeedForwardMultiple { get; init; } = 1;

    /// <summary>
    /// Of the feed-forward of <see cref="SasRecBlockKind.PreNorm"/>; SwiGLU brings its own. Default relu, as in the paper.
    /// </summary>
    public FeedForwardActivation Activation { get; init; } = FeedForwardActivation.Relu;

    /// <inheritdoc/>
    public override IEnumerable<string> Validate()
    {
        foreach (var fault in base.Validate()) yield return fault;
        if (Heads < 1 || Width % Math.Max(Heads, 1) != 0)
            yield return $"width {Width} is not divisible by {Heads} heads; set heads to a divisor of the width";
        if (Blocks < 1) yield return $"{Blocks} blocks; at least 1 is needed";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
        if (!Enum.IsDefined(Block))
            yield return $"block {Block} is not known; set one of {string.Join(", ", Enum.GetNames<SasRecBlockKind>())}";
        if (FeedForwardMultiple < 1) yield return $"feed-forward multiple {FeedForwardMultiple}; at least 1 is needed";
        if (!Enum.IsDefined(Activation))
            yield return $"activation {Activation} is not known; set one of {string.Join(", ", Enum.GetNames<FeedForwardActivation>())}";
        if (Block == SasRecBlockKind.Ligr && Activation != FeedForwardActivation.Relu)
            yield return $"activation {Activation} has no place in a LiGR block, whose SwiGLU brings its own; leave it at its default";
    }

    /// <inheritdoc/>
    public override Backbone Build(Noise noise) => new SasRec(this, noise);
}
