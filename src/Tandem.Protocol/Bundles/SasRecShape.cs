namespace Tandem.Protocol.Bundles;

/// <summary>Dimensions of SASRec (arXiv 1808.09781).</summary>
public sealed record SasRecShape() : BackboneShape(KindName)
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "sasrec";

    /// <summary>Number of stacked blocks, 1 to 256.</summary>
    public required int Blocks { get; init; }

    /// <summary>H: heads per block, a divisor of the width.</summary>
    public required int Heads { get; init; }

    /// <summary>Inner width of the feed-forward layers, 1 to 8,192.</summary>
    public required int Inner { get; init; }

    /// <summary>What the blocks are made of. Default: those of the paper.</summary>
    public SasRecBlockForm Block { get; init; }

    /// <inheritdoc/>
    protected override long StateElements => 2L * Blocks * Window * Width;

    /// <inheritdoc/>
    protected override void CheckRanges(List<string> faults)
    {
        CheckRange(faults, "blocks", Blocks, MostBlocks);
        CheckRange(faults, "heads", Heads, MostWidth);
        CheckRange(faults, "inner", Inner, MostWidth);
        if (!Enum.IsDefined(Block))
        {
            faults.Add(
            $"block is {(int)Block}, expected one of {string.Join(", ", Enum.GetNames<SasRecBlockForm>())}");
        }
    }

    /// <inheritdoc/>
    protected override void CheckFit(List<string> faults)
    {
        if (Width % Heads != 0) faults.Add($"width {Width} is not divisible by {Heads} heads: set heads to a divisor");
        CheckElements(faults, "a layer, 2 × inner × width,", 2L * Inner * Width);
    }
}
