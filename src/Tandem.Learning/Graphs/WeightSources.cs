namespace Tandem.Learning.Graphs;

/// <summary>Every pretrained network whose weights can be named. None is there from the start. Safe for many threads.</summary>
public static class WeightSources
{
    private static readonly Lock _lock = new();

    private static volatile WeightSource[] _all = [];

    /// <summary>In the order of registration. A list that is never changed: a registration makes a new one.</summary>
    public static IReadOnlyList<WeightSource> All => _all;

    /// <summary>Lets recipes name it. The same object again is no fault, so that several parts of a program may ask for it.</summary>
    /// <param name="source">Keep it in a static member.</param>
    /// <exception cref="ArgumentException">Another one has the name.</exception>
    public static void Register(WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        lock (_lock)
        {
            if (_all.Contains(source)) return;
            if (_all.Any(known => known.Name == source.Name))
            {
                throw new ArgumentException(
                    $"weights are called '{source.Name}' already; give each network a name of its own", nameof(source));
            }

            _all = [.. _all, source];
        }
    }

    /// <summary>That of a name, or null.</summary>
    public static WeightSource? Find(string name) => _all.FirstOrDefault(source => source.Name == name);
}
