using System.Globalization;

namespace Tandem.Data.Sources;

/// <summary>
/// A made-up set for tests, demonstrations and first steps, with structure that a sequential model can learn: each user has a
/// hidden taste that drifts with every event towards another, each item a hidden vector near its theme's and a hidden successor. The next
/// item depends on the taste now and on the last item. Nobody takes an item twice.
/// </summary>
public sealed class GeneratedSource : IInteractionSource
{
    private const long FirstStart = 1_704_067_200; // 2024-01-01 00:00 UTC
    private const int DaySeconds = 86_400;
    private const double GoalChange = 0.1;
    private const double WithinSession = 0.7;
    private const double SessionGapSeconds = 180;
    private const double AbsenceSeconds = 3 * DaySeconds;

    private readonly GeneratedOptions _options;
    private readonly GeneratedWorld _world;

    /// <summary>Draws the items; users are drawn as they are read.</summary>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    public GeneratedSource(GeneratedOptions options)
    {
        if (options.Validate().ToArray() is [_, ..] faults)
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        _options = options;
        _world = new GeneratedWorld(options);
    }

    /// <inheritdoc/>
    public string Name => "generated";

    /// <inheritdoc/>
    public bool HasTimes => true;

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read() => Enumerable.Range(0, _options.Users).SelectMany(ReadUser);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems() => Enumerable.Range(0, _options.Items)
        .Select(item => new ItemDescription(Key(item), _world.Titles[item], [ThemeWords.Genre(_world.Themes[item])], SemanticIds: null))
        .ToDictionary(item => item.Key);

    private IEnumerable<Interaction> ReadUser(int user)
    {
        var random = NamedSeed.Create(_options.Seed, "generated user", user);
        var taste = _world.DrawTaste(_options.Dimensions, random);
        var goal = _world.DrawTaste(_options.Dimensions, random);
        var time = FirstStart + random.NextInt64(365 * DaySeconds);
        var taken = new bool[_options.Items];
        var last = -1;
        for (var left = random.Next(_options.MinEvents, _options.MaxEvents + 1); left > 0; left--)
        {
            last = _world.Choose(taste, last, taken, _options, random);
            taken[last] = true;
            yield return new Interaction(Key(user), Key(last), time, Value: 1);
            time += Gap(random);
            if (random.NextDouble() < GoalChange)
                goal = _world.DrawTaste(_options.Dimensions, random);
            taste = Direction.Mix(taste, goal, _options.DriftPerEvent);
        }
    }

    /// <summary>Minutes within a session, days between sessions; a second at least.</summary>
    private static long Gap(Random random)
    {
        var meanSeconds = random.NextDouble() < WithinSession ? SessionGapSeconds : AbsenceSeconds;
        return 1 + (long)(-meanSeconds * Math.Log(1 - random.NextDouble()));
    }

    private static string Key(int number) => (number + 1).ToString(CultureInfo.InvariantCulture);
}
