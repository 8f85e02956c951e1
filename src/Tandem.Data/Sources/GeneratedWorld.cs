namespace Tandem.Data.Sources;

/// <summary>The hidden items behind a generated set: vectors near their theme's, an appeal of their own, and a successor each.</summary>
internal sealed class GeneratedWorld
{
    private const double SpreadWithinTheme = 0.35;
    private const double AppealSpread = 0.3;

    private readonly double[][] _themes;
    private readonly double[][] _vectors;
    private readonly double[] _appeals;
    private readonly int[] _successors;

    public GeneratedWorld(GeneratedOptions options)
    {
        var random = NamedSeed.Create(options.Seed, "generated items");
        _themes = [.. Enumerable.Range(0, options.Themes).Select(_ => Direction.Draw(options.Dimensions, random))];
        Themes = [.. Enumerable.Range(0, options.Items).Select(item => item % options.Themes)];
        _vectors = Array.ConvertAll(Themes, theme =>
            Direction.Mix(_themes[theme], Direction.Draw(options.Dimensions, random), SpreadWithinTheme));
        _appeals = Array.ConvertAll(Themes, _ => AppealSpread * random.NextNormal());
        _successors = DrawSuccessors(Themes, random);
        Titles = [.. Themes.Select((theme, item) => ThemeWords.Title(theme, item / options.Themes + 1, random))];
    }

    /// <summary>[items] theme of each item.</summary>
    public int[] Themes { get; }

    /// <summary>[items] title of each item.</summary>
    public string[] Titles { get; }

    /// <summary>A new user's taste: near one theme.</summary>
    public double[] DrawTaste(int dimensions, Random random) =>
        Direction.Mix(_themes[random.Next(_themes.Length)], Direction.Draw(dimensions, random), SpreadWithinTheme);

    /// <summary>
    /// Draws the next item among those not taken: probability ∝ exp(taste · item / temperature + appeal + successor bonus).
    /// </summary>
    /// <param name="taste">[dimensions] unit length.</param>
    /// <param name="last">The item before, or -1.</param>
    /// <param name="taken">[items] true where the user already had the item; one at least is false.</param>
    /// <param name="options">Temperature and bonus.</param>
    /// <param name="random">Draws the choice.</param>
    public int Choose(ReadOnlySpan<double> taste, int last, ReadOnlySpan<bool> taken, GeneratedOptions options, Random random)
    {
        var successor = last >= 0 ? _successors[last] : -1;
        var weights = new double[_vectors.Length];
        var largest = double.NegativeInfinity;
        for (var item = 0; item < weights.Length; item++)
        {
            var logOdds = Direction.Dot(taste, _vectors[item]) / options.Temperature + _appeals[item];
            if (item == successor)
                logOdds += options.SuccessorBonus;
            weights[item] = taken[item] ? double.NegativeInfinity : logOdds;
            largest = Math.Max(largest, weights[item]);
        }
        return DrawFromSoftmax(weights, largest, random);
    }

    private static int DrawFromSoftmax(double[] logOdds, double largest, Random random)
    {
        // Without the largest, exp overflows at low temperatures.
        var weights = Array.ConvertAll(logOdds, odds => Math.Exp(odds - largest));
        var left = random.NextDouble() * weights.Sum();
        var chosen = -1;
        for (var item = 0; item < weights.Length && left >= 0; item++)
        {
            // Rounding may leave a trace after the last weight: the choice then stays at the last item that has any.
            if (weights[item] > 0)
                chosen = item;
            left -= weights[item];
        }
        return chosen;
    }

    /// <summary>A ring through the items of each theme, in random order.</summary>
    private static int[] DrawSuccessors(int[] themes, Random random)
    {
        var successors = new int[themes.Length];
        foreach (var theme in Enumerable.Range(0, themes.Length).GroupBy(item => themes[item]))
        {
            int[] ring = [.. theme];
            random.Shuffle(ring);
            for (var i = 0; i < ring.Length; i++)
                successors[ring[i]] = ring[(i + 1) % ring.Length];
        }
        return successors;
    }
}
