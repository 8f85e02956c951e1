namespace Tandem.Cloud.Lists;

/// <summary>Bounds of the cache of lists.</summary>
public sealed record ListCacheOptions
{
    /// <summary>Most candidates on all lists; 0 for no cache. Default 2,000,000: 10,000 lists of 200, in some 16 MB.</summary>
    public int MostCandidates { get; init; } = 2_000_000;

    /// <summary>A list is given for this long after it was made. Default 10 minutes.</summary>
    public TimeSpan LongestAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (MostCandidates < 0) yield return $"MostCandidates is {MostCandidates}; expected 0 or more";
        if (LongestAge <= TimeSpan.Zero) yield return $"LongestAge is {LongestAge}; expected more than zero";
    }
}
