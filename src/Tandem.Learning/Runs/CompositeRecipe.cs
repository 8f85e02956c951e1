using System.Text.Json.Nodes;

namespace Tandem.Learning.Runs;

/// <summary>Settings of several models as one.</summary>
public sealed record CompositeRecipe
{
    /// <summary>The models; one at least.</summary>
    public IReadOnlyList<MemberSettings> Members { get; init; } = [];

    /// <summary>Items of each member's list, from whose union weights are chosen; 10 to 1,000. Default 50.</summary>
    public int ListLength { get; init; } = 50;

    /// <summary>
    /// Name of the member whose weight follows how sure it is (<see cref="Collaboration.ConfidenceRule"/>); null for constant weights.
    /// Default null.
    /// </summary>
    public string? ConfidenceOf { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Members.Count == 0) yield return "no members; name runs or models with --member, or a preset with --preset";
        foreach (var fault in Members.SelectMany(member => member.Validate())) yield return fault;
        if (Members.GroupBy(member => member.Called).FirstOrDefault(group => group.Count() > 1) is { } twice)
            yield return $"two members are called '{twice.Key}'; give one of them a name of its own";
        if (ListLength is < 10 or > 1_000) yield return $"listLength {ListLength}; expected 10 to 1,000";
        if (ConfidenceOf is not null && Members.All(member => member.Called != ConfidenceOf))
            yield return $"confidenceOf '{ConfidenceOf}' is no member; expected one of: {string.Join(", ", Members.Select(m => m.Called))}";
    }
}

/// <summary>A member of a composite: a finished run, or a model that is trained beside it.</summary>
public sealed record MemberSettings
{
    /// <summary>What it is called; null for the model's name, or that of the run's folder.</summary>
    public string? Name { get; init; }

    /// <summary>Folder of a finished run on the same data under the same protocol; null for a model that is trained here.</summary>
    public string? Run { get; init; }

    /// <summary>Name of the model that is trained here; null for a run.</summary>
    public string? Model { get; init; }

    /// <summary>Name of settings of the model; null for its defaults.</summary>
    public string? Preset { get; init; }

    /// <summary>Further settings of the model, over the preset's.</summary>
    public JsonObject Settings { get; init; } = [];

    /// <summary>The name, filled in.</summary>
    internal string Called => Name ?? Model ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Run ?? ""));

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Called) || Called.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0 || Called is "." or "..")
            yield return $"a member is called '{Called}'; expected a name that a folder can have";
        if (Run is null == Model is null) yield return $"member '{Called}': expected either a run or a model";
        if (Run is not null && (Preset is not null || Settings.Count > 0))
            yield return $"member '{Called}': the run brings its settings; leave preset and settings out";
        if (Model is "composite") yield return $"member '{Called}': a composite can be a member as a run only";
    }
}
