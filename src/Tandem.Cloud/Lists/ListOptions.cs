namespace Tandem.Cloud.Lists;

/// <summary>What happens where a model makes no list.</summary>
public sealed record ListOptions
{
    /// <summary>
    /// Served models that are asked in its place, in this order, where they number items alike; such as a sequence model behind a language
    /// model. Default none.
    /// </summary>
    public IReadOnlyList<string> Fallbacks { get; init; } = [];

    /// <summary>How long a model has before the next one is asked, 1 ms or more. Default 1 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Every fault.</summary>
    /// <param name="models">Names of those that are served.</param>
    public IEnumerable<string> Validate(IReadOnlyCollection<string> models)
    {
        foreach (var name in Fallbacks.Where(name => !models.Contains(name)))
            yield return $"Fallbacks has '{name}', which is not served";
        if (Patience < TimeSpan.FromMilliseconds(1)) yield return $"Patience is {Patience}; expected 1 ms or more";
    }
}
