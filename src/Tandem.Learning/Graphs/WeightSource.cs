namespace Tandem.Learning.Graphs;

/// <summary>
/// Weights of a pretrained network that a library brings, by name. What is registered with <see cref="WeightSources"/> can be named where
/// knowledge is taken from weights.
/// </summary>
public sealed class WeightSource
{
    /// <param name="name">As in recipes and on the command line: small letters, digits and hyphens.</param>
    /// <param name="description">One phrase for help texts.</param>
    /// <param name="read">Reads the weights; called only where something takes them.</param>
    public WeightSource(string name, string description, Func<IReadOnlyList<OnnxWeight>> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        ArgumentNullException.ThrowIfNull(read);
        if (!name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new ArgumentException($"'{name}': expected small letters, digits and hyphens", nameof(name));
        (Name, Description, Read) = (name, description, read);
    }

    /// <summary>As in recipes and on the command line.</summary>
    public string Name { get; }

    /// <summary>One phrase for help texts.</summary>
    public string Description { get; }

    /// <summary>Reads the weights: each name once.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public Func<IReadOnlyList<OnnxWeight>> Read { get; }
}
