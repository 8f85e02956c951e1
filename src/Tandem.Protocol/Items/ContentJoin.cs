namespace Tandem.Protocol.Items;

/// <summary>
/// How what items are like joins a sequence model's score: s(b) = z(b) + β cos(e(b), m), with m = Σ_k ρ^k e(h_k) over the last items of
/// the history, h_0 the newest, and e(b) the item's content vector: of its title, its categories. An item without a vector has cosine 0.
/// </summary>
/// <remarks>β and ρ are fitted on validation events and belong to the model that they were fitted for.</remarks>
public sealed record ContentJoin
{
    /// <summary>Most contents that join one model.</summary>
    public const int MostContents = 8;

    private const int MostNameLength = 32;
    private const int MostWidth = 4_096;
    private const int MostRecent = 1_000;
    private const double MostWeight = 1_000;

    /// <summary>What the vectors are of, such as <c>text</c>: small letters, digits and '-'; names their tensors.</summary>
    public required string Name { get; init; }

    /// <summary>d: dimensions of a vector, 1 to 4,096.</summary>
    public required int Width { get; init; }

    /// <summary>How many of a history's last events are read, 1 to 1,000.</summary>
    public required int Recent { get; init; }

    /// <summary>ρ: what an event one place older counts, as a share; above 0, at most 1.</summary>
    public required double RecencyDecay { get; init; }

    /// <summary>β, 0 to 1,000; at 0 the content changes nothing.</summary>
    public required double Weight { get; init; }

    /// <summary>Every fault, empty where it can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (Name is not { Length: >= 1 and <= MostNameLength } || !Name.All(IsPlain))
            faults.Add($"name is {FaultText.Quote(Name)}, expected 1 to {MostNameLength} small letters, digits and '-'");
        if (Width is < 1 or > MostWidth) faults.Add($"width is {Width}, expected 1 to {MostWidth}");
        if (Recent is < 1 or > MostRecent) faults.Add($"recent is {Recent}, expected 1 to {MostRecent}");
        if (RecencyDecay is not (> 0 and <= 1)) faults.Add(Text($"recencyDecay is {RecencyDecay}, expected more than 0, to 1"));
        if (Weight is not (>= 0 and <= MostWeight)) faults.Add(Text($"weight is {Weight}, expected 0 to {MostWeight}"));
        return faults;
    }

    /// <summary>Every fault of the contents of one model.</summary>
    internal static IEnumerable<string> Validate(IReadOnlyList<ContentJoin> joins)
    {
        if (joins.Count > MostContents) yield return $"{joins.Count} contents, expected at most {MostContents}";
        foreach (var join in joins)
            foreach (var fault in join is null ? ["one is null"] : join.Validate()) yield return fault;
        if (joins.GroupBy(join => join?.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            yield return $"the name {FaultText.Quote(twice.Key)} is there twice";
    }

    private static bool IsPlain(char letter) => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-';

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
