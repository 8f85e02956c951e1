namespace Tandem.Cloud.Lists;

/// <summary>Bounds of the cache of lists.</summary>
public sealed record ListCacheOptions
{
    /// <summary>Most lists; 0 for no cache. Default 10,000: some 20 MB with 200 candidates each.</summary>
    public int MostLists { get; init; } = 10_000;

    /// <summary>A list is given for this long after it was made. Default 10 minutes.</summary>
    public TimeSpan LongestAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (MostLists < 0) yield return $"MostLists is {MostLists}; expected 0 or more";
        if (LongestAge <= TimeSpan.Zero) yield return $"LongestAge is {LongestAge}; expected more than zero";
    }
}
