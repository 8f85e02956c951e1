using Tandem.Learning.Text;

namespace Tandem.Learning.Baselines;

/// <summary>Settings of <see cref="TitleNeighbours"/>.</summary>
public sealed record TitleNeighbourOptions
{
    /// <summary>Who makes vectors of titles.</summary>
    public TextSource Source { get; init; } = new();

    /// <summary>How many of a history's last items are read, 1 to 1,000. Default 20.</summary>
    public int Recent { get; init; } = 20;

    /// <summary>ρ: what an item one place older counts, as a share; in (0, 1]. Default 0.65.</summary>
    public double RecencyDecay { get; init; } = 0.65;

    /// <summary>
    /// τ in [0.01, 10], in units of the cosine: a small one asks for a title near to one of the history's, a large one for a title near to
    /// all of them. Default 0.1.
    /// </summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (var fault in Source.Validate()) yield return fault;
        if (Recent is < 1 or > 1_000) yield return $"recent {Recent}; expected 1 to 1,000";
        if (RecencyDecay is not (> 0 and <= 1)) yield return FormattableString.Invariant($"recencyDecay {RecencyDecay} is not in (0, 1]");
        if (Temperature is not (>= 0.01 and <= 10))
            yield return FormattableString.Invariant($"temperature {Temperature}; expected 0.01 to 10");
    }
}
