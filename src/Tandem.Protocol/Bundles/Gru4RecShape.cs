namespace Tandem.Protocol.Bundles;

/// <summary>Dimensions of GRU4Rec (arXiv 1511.06939).</summary>
public sealed record Gru4RecShape() : BackboneShape(KindName)
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "gru4rec";

    /// <summary>Number of stacked recurrent layers, 1 to 256.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the recurrent states, 1 to 8,192; where it is not D, a linear layer leads back to D.</summary>
    public required int Hidden { get; init; }

    /// <inheritdoc/>
    protected override long StateElements => (long)Window * Math.Max(Width, 3L * Hidden);

    /// <inheritdoc/>
    protected override void CheckRanges(List<string> faults)
    {
        CheckRange(faults, "layers", Layers, MostBlocks);
        CheckRange(faults, "hidden", Hidden, MostWidth);
    }
}
