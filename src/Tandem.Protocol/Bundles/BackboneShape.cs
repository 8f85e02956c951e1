namespace Tandem.Protocol.Bundles;

/// <summary>The dimensions of the sequence model in a bundle, enough to allocate it before its weights are read.</summary>
public sealed record BackboneShape
{
    /// <summary>Most elements that one array of the model may have: 2 GiB of float32.</summary>
    private const long MostElements = 1L << 29;

    private const int MostItems = 100_000_000;
    private const int MostWidth = 8_192;
    private const int MostBlocks = 256;
    private const int MostWindow = 65_536;

    /// <summary>Which backbone reads the weights, for instance <c>sasrec</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>V: number of items, 1 to 100,000,000. Ids are 1..V; 0 is padding.</summary>
    public required int Items { get; init; }

    /// <summary>D: width of an embedding, 1 to 8,192, divisible by <see cref="Heads"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Number of stacked blocks, 1 to 256.</summary>
    public required int Blocks { get; init; }

    /// <summary>H: heads per block, at least 1.</summary>
    public required int Heads { get; init; }

    /// <summary>T: longest history in events, 1 to 65,536; older events are not seen.</summary>
    public required int Window { get; init; }

    /// <summary>Every fault of these dimensions; empty when they fit together and fit in memory.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(Kind)) faults.Add("kind is empty: name the backbone, for instance 'sasrec'");
        CheckRange(faults, "items", Items, MostItems);
        CheckRange(faults, "width", Width, MostWidth);
        CheckRange(faults, "blocks", Blocks, MostBlocks);
        CheckRange(faults, "heads", Heads, MostWidth);
        CheckRange(faults, "window", Window, MostWindow);

        // The rest reasons about products, which mean nothing while a factor is out of range.
        if (faults.Count > 0) return faults;

        if (Width % Heads != 0) faults.Add($"width {Width} is not divisible by {Heads} heads: set heads to a divisor");
        CheckElements(faults, "the embedding, (items + 1) × width,", (Items + 1L) * Width);
        CheckElements(faults, "the state, blocks × window × width,", (long)Blocks * Window * Width);
        return faults;
    }

    private static void CheckRange(List<string> faults, string name, int value, int most)
    {
        if (value < 1 || value > most) faults.Add($"{name} is {value}, expected 1 to {most}");
    }

    private static void CheckElements(List<string> faults, string what, long elements)
    {
        if (elements > MostElements) faults.Add($"{what} has {elements} elements, expected at most {MostElements}");
    }
}
