namespace Tandem.Data.Sources;

/// <summary>The size and the nature of a generated set.</summary>
public sealed record GeneratedOptions
{
    /// <summary>Draws everything: the same options give the same set.</summary>
    public required int Seed { get; init; }

    /// <summary>Number of users, 1 or more. Default 2000.</summary>
    public int Users { get; init; } = 2000;

    /// <summary>Number of items, <see cref="MaxEvents"/> or more. Default 600.</summary>
    public int Items { get; init; } = 600;

    /// <summary>Fewest events of a user, 1 or more. Default 8.</summary>
    public int MinEvents { get; init; } = 8;

    /// <summary>Most events of a user, <see cref="MinEvents"/> or more. Default 30.</summary>
    public int MaxEvents { get; init; } = 30;

    /// <summary>Number of themes among the items, 1 to 16 (so many have names). Default 12.</summary>
    public int Themes { get; init; } = 12;

    /// <summary>Dimensions of tastes and items, 1 or more. Default 8.</summary>
    public int Dimensions { get; init; } = 8;

    /// <summary>How far each event moves a user's taste to where it is heading: 0 never moves, 1 jumps there. Default .15.</summary>
    public double DriftPerEvent { get; init; } = 0.15;

    /// <summary>
    /// .001 or more. An item's log-odds are the cosine of taste and item divided by this: the lower, the surer the choices. Default .2.
    /// </summary>
    public double Temperature { get; init; } = 0.2;

    /// <summary>
    /// Added to the log-odds of the one item that follows the last one in a hidden chain through its theme, 0 or
    /// more: what an order-aware model can learn and popularity cannot. Default 4.
    /// </summary>
    public double SuccessorBonus { get; init; } = 4;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Users < 1)
            yield return $"Users is {Users}; set it to 1 or more";
        if (MinEvents < 1)
            yield return $"MinEvents is {MinEvents}; set it to 1 or more";
        if (MaxEvents < MinEvents)
            yield return $"MaxEvents is {MaxEvents}, below MinEvents {MinEvents}; raise it or lower MinEvents";
        if (Items < MaxEvents)
            yield return $"Items is {Items}, but a user takes up to MaxEvents {MaxEvents} without repeats; raise Items";
        if (Themes < 1 || Themes > ThemeWords.Count)
            yield return $"Themes is {Themes}; set it to 1 to {ThemeWords.Count}";
        if (Dimensions < 1)
            yield return $"Dimensions is {Dimensions}; set it to 1 or more";
        if (DriftPerEvent is not (>= 0 and <= 1))
            yield return $"DriftPerEvent is {DriftPerEvent}; set it to 0 to 1";
        if (Temperature is not (>= 0.001 and < double.PositiveInfinity))
            yield return $"Temperature is {Temperature}; set it to .001 or more";
        if (SuccessorBonus is not (>= 0 and < double.PositiveInfinity))
            yield return $"SuccessorBonus is {SuccessorBonus}; set it to 0 or more";
    }
}
