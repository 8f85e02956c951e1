namespace Tandem.Protocol.Bundles;

/// <summary>Dimensions of HSTU (arXiv 2402.17152).</summary>
public sealed record HstuShape() : BackboneShape(KindName)
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "hstu";

    private const int MostBuckets = 65_536;

    /// <summary>Number of stacked blocks, 1 to 256.</summary>
    public required int Blocks { get; init; }

    /// <summary>H: heads per block, 1 to 8,192.</summary>
    public required int Heads { get; init; }

    /// <summary>Width of a head's queries and keys, 1 to 8,192.</summary>
    public required int AttentionWidth { get; init; }

    /// <summary>Width of a head's values and of the gate over them, 1 to 8,192.</summary>
    public required int LinearWidth { get; init; }

    /// <summary>Buckets of time differences, 1 to 65,536.</summary>
    public required int TimeBuckets { get; init; }

    /// <summary>True where the weights were learned with the times of events. Where false, times are ignored.</summary>
    public required bool UsesTimes { get; init; }

    /// <inheritdoc/>
    protected override long StateElements => (long)Blocks * Window * Heads * ((long)AttentionWidth + LinearWidth);

    /// <inheritdoc/>
    protected override void CheckRanges(List<string> faults)
    {
        CheckRange(faults, "blocks", Blocks, MostBlocks);
        CheckRange(faults, "heads", Heads, MostWidth);
        CheckRange(faults, "attentionWidth", AttentionWidth, MostWidth);
        CheckRange(faults, "linearWidth", LinearWidth, MostWidth);
        CheckRange(faults, "timeBuckets", TimeBuckets, MostBuckets);
    }

    /// <inheritdoc/>
    protected override void CheckFit(List<string> faults) =>
        CheckElements(
            faults, "a layer, 2 × heads × (linear + attention) × width,", 2L * Heads * ((long)LinearWidth + AttentionWidth) * Width);
}
