namespace Tandem.Learning.Text;

/// <summary>Where the vectors of items' texts come from.</summary>
public sealed record TextSource
{
    /// <summary>
    /// Name of an encoder, or the path of a folder that holds one, see <see cref="TextEncoders"/>. Default <c>minilm</c>, which
    /// Tandem.Encoders registers.
    /// </summary>
    public string Encoder { get; init; } = "minilm";

    /// <summary>
    /// A file that keeps the vectors, read where it is there and made or added to where texts are missing; null for the place that
    /// whoever trains chooses, usually beside the data. Default null.
    /// </summary>
    public string? Vectors { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (TextEncoders.FaultOf(Encoder) is { } fault) yield return fault;
        if (Vectors is not null && string.IsNullOrWhiteSpace(Vectors))
            yield return "the file of vectors has an empty name; give a path, or null for the usual place";
    }
}
