using System.Text.Json.Serialization;

namespace Tandem.Protocol.Bundles;

/// <summary>
/// The dimensions of the sequence model in a bundle, enough to allocate it before its weights are read. In JSON, <c>kind</c> says
/// which backbone reads the weights: one of <see cref="BackboneShapes"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = KindMember)]
public abstract record BackboneShape
{
    internal const string KindMember = "kind";

    /// <summary>Most elements that one array of the model may have: 2 GiB of float32.</summary>
    private const long MostElements = 1L << 29;

    private const int MostItems = 100_000_000;
    private const int MostWindow = 65_536;

    /// <summary>Greatest width of a layer: 8,192.</summary>
    protected const int MostWidth = 8_192;

    /// <summary>Most stacked blocks or layers: 256.</summary>
    protected const int MostBlocks = 256;

    /// <param name="kind">Which backbone reads the weights, for instance <c>sasrec</c>.</param>
    protected BackboneShape(string kind) => Kind = kind;

    /// <summary>Which backbone reads the weights, for instance <c>sasrec</c>.</summary>
    [JsonIgnore]
    public string Kind { get; }

    /// <summary>V: number of items, 1 to 100,000,000. Ids are 1..V; 0 is padding.</summary>
    public required int Items { get; init; }

    /// <summary>D: width of an embedding, 1 to 8,192.</summary>
    public required int Width { get; init; }

    /// <summary>
    /// T: longest history in events, 1 to 65,536; older events are not seen, but by backbones that never reset their state.
    /// </summary>
    public required int Window { get; init; }

    /// <summary>
    /// S: how many events a full window lets go of at once, 1 to <see cref="Window"/>. Positions count from the oldest event that is
    /// seen, so whenever that event changes every position does, and the state is made anew; between two such moments an event costs
    /// one step. 1 sees exactly the last T events at every time, as an evaluation does, and pays for it at every event. Null, the
    /// default, is a quarter of the window: between T − S + 1 and T events are seen.
    /// </summary>
    public int? Stride { get; init; }

    /// <summary>True where states have length 1, as rows of the item table then do. Default false.</summary>
    public bool Normalized { get; init; }

    /// <summary>Index of the oldest event that the model sees: 0 up to a full window, then a multiple of the stride.</summary>
    /// <param name="events">Events of the whole history, 0 or more.</param>
    public virtual long FirstSeen(long events)
    {
        if (events <= Window) return 0;
        var stride = Stride ?? Math.Max(1, Window / 4);
        return (events - Window + stride - 1) / stride * stride;
    }

    /// <summary>True where the state is never reset, so that no event is let go of.</summary>
    [JsonIgnore]
    public bool SeesAll => FirstSeen(long.MaxValue) == 0;

    /// <summary>Every fault of these dimensions; empty when they fit together and fit in memory.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        CheckRange(faults, "items", Items, MostItems);
        CheckRange(faults, "width", Width, MostWidth);
        CheckRange(faults, "window", Window, MostWindow);
        if (Stride is { } stride && (stride < 1 || stride > Window)) faults.Add($"stride is {stride}, expected 1 to the window, {Window}");
        CheckRanges(faults);

        // The rest reasons about products, which mean nothing while a factor is out of range.
        if (faults.Count > 0) return faults;

        CheckFit(faults);
        CheckElements(faults, "the embedding, (items + 1) × width,", (Items + 1L) * Width);
        CheckElements(faults, "the state", StateElements);
        return faults;
    }

    /// <summary>Elements of the largest array that a user's state needs. Reckoned in 64 bits, of dimensions that are in range.</summary>
    protected abstract long StateElements { get; }

    /// <summary>Adds a fault for each dimension of the derived shape that is out of range by itself.</summary>
    /// <param name="faults">Receives them.</param>
    protected abstract void CheckRanges(List<string> faults);

    /// <summary>Adds a fault for dimensions that do not fit to each other; each is in range by itself.</summary>
    /// <param name="faults">Receives them.</param>
    protected virtual void CheckFit(List<string> faults)
    {
    }

    /// <summary>Adds a fault for a dimension out of range.</summary>
    /// <param name="faults">Receives it.</param>
    /// <param name="name">As in JSON.</param>
    /// <param name="value">Of the dimension.</param>
    /// <param name="most">Its greatest value; the least is 1.</param>
    protected static void CheckRange(List<string> faults, string name, int value, int most)
    {
        if (value < 1 || value > most) faults.Add($"{name} is {value}, expected 1 to {most}");
    }

    /// <summary>Adds a fault for an array that would be beyond 2 GiB.</summary>
    /// <param name="faults">Receives it.</param>
    /// <param name="what">The array and what its length is the product of.</param>
    /// <param name="elements">Of float32.</param>
    protected static void CheckElements(List<string> faults, string what, long elements)
    {
        if (elements > MostElements) faults.Add($"{what} has {elements} elements, expected at most {MostElements}");
    }
}
