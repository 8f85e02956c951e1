using Microsoft.Extensions.AI;

namespace Tandem.Learning.Text;

/// <summary>
/// An encoder of texts by name: what it is, which weights it has, and how it is made. What is registered with <see cref="TextEncoders"/>
/// can be named in recipes and on the command line.
/// </summary>
public sealed class TextEncoder
{
    private readonly Func<IReadOnlyList<string>, string> _identity;
    private readonly Func<IReadOnlyList<string>, IEmbeddingGenerator<string, Embedding<float>>> _create;

    /// <param name="name">As in recipes and in names of files: small letters, digits and hyphens.</param>
    /// <param name="description">One phrase for help texts.</param>
    /// <param name="identity">
    /// A text that changes whenever the vectors would, such as a hash of the weights; given the distinct texts of the catalogue, in
    /// ordinal order, for encoders that learn from them.
    /// </param>
    /// <param name="create">
    /// Makes the encoder, given the same texts; called only where something is to be encoded, and what it makes is disposed of. All
    /// vectors of one encoder have one length.
    /// </param>
    public TextEncoder(
        string name, string description, Func<IReadOnlyList<string>, string> identity,
        Func<IReadOnlyList<string>, IEmbeddingGenerator<string, Embedding<float>>> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(create);
        if (!name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new ArgumentException($"'{name}': expected small letters, digits and hyphens", nameof(name));
        (Name, Description, _identity, _create) = (name, description, identity, create);
    }

    /// <summary>As in recipes and in names of files.</summary>
    public string Name { get; }

    /// <summary>One phrase for help texts.</summary>
    public string Description { get; }

    /// <summary>Names the weights: vectors of equal identity may stand in one file.</summary>
    /// <param name="texts">The distinct texts of the catalogue, in ordinal order.</param>
    public string Identity(IReadOnlyList<string> texts) => _identity(texts);

    /// <summary>Makes the encoder; to be disposed of.</summary>
    /// <inheritdoc cref="Identity" path="/param"/>
    public IEmbeddingGenerator<string, Embedding<float>> Create(IReadOnlyList<string> texts) => _create(texts);
}
