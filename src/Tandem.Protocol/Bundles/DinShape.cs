namespace Tandem.Protocol.Bundles;

/// <summary>Dimensions of DIN (arXiv 1706.06978), which scores each target by a history of its own and so has no state vector.</summary>
public sealed record DinShape() : BackboneShape(KindName)
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "din";

    private const int MostEvents = 1_024;

    /// <summary>K: width of the attention unit's hidden layer, 1 to 8,192.</summary>
    public required int AttentionHidden { get; init; }

    /// <summary>Width of the output's first hidden layer, 1 to 8,192.</summary>
    public required int Hidden { get; init; }

    /// <summary>Width of the output's second hidden layer, 1 to 8,192.</summary>
    public required int LastHidden { get; init; }

    /// <inheritdoc/>
    protected override long StateElements => (long)Window * Math.Max(Width, AttentionHidden);

    /// <inheritdoc/>
    protected override void CheckRanges(List<string> faults)
    {
        if (Window > MostEvents) faults.Add($"window is {Window}, expected at most {MostEvents}: each score is a pass over all of it");
        CheckRange(faults, "attentionHidden", AttentionHidden, MostWidth);
        CheckRange(faults, "hidden", Hidden, MostWidth);
        CheckRange(faults, "lastHidden", LastHidden, MostWidth);
    }
}
