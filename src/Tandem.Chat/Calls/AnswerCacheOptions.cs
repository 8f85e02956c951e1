namespace Tandem.Chat.Calls;

/// <summary>Bounds of the answers that are kept.</summary>
public sealed record AnswerCacheOptions
{
    /// <summary>Most answers; 0 for none. Default 10,000: as many as the service's own cache has lists of 200.</summary>
    public int MostAnswers { get; init; } = 10_000;

    /// <summary>
    /// An answer is given again for this long. Default an hour: it depends on nothing but what was asked, and costs money.
    /// </summary>
    public TimeSpan LongestAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (MostAnswers < 0) yield return $"MostAnswers is {MostAnswers}; expected 0 or more";
        if (LongestAge <= TimeSpan.Zero) yield return $"LongestAge is {LongestAge}; expected more than zero";
    }
}
