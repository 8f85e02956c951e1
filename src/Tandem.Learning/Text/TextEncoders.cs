namespace Tandem.Learning.Text;

/// <summary>
/// Every encoder of texts that recipes can name. TF-IDF is there from the start; a program registers others before it names them. Safe
/// for many threads.
/// </summary>
public static class TextEncoders
{
    private static readonly Lock _lock = new();

    private static volatile TextEncoder[] _all = [TfIdfEncoder.Entry];

    /// <summary>Every encoder, in the order of registration. A list that is never changed: a registration makes a new one.</summary>
    public static IReadOnlyList<TextEncoder> All => _all;

    /// <summary>Such as <c>tfidf, minilm</c>, for messages.</summary>
    public static string Names => string.Join(", ", _all.Select(encoder => encoder.Name));

    /// <summary>
    /// Lets recipes name an encoder. The same object again is no fault, so that several parts of a program may ask for it.
    /// </summary>
    /// <param name="encoder">Keep it in a static member.</param>
    /// <exception cref="ArgumentException">Another encoder has the name.</exception>
    public static void Register(TextEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        lock (_lock)
        {
            if (_all.Contains(encoder)) return;
            if (_all.Any(known => known.Name == encoder.Name))
                throw new ArgumentException($"an encoder is called '{encoder.Name}' already; give each a name of its own", nameof(encoder));
            _all = [.. _all, encoder];
        }
    }

    /// <summary>The encoder of a name.</summary>
    /// <param name="name">As in recipes.</param>
    /// <exception cref="TextException">There is none; the message names those that are registered.</exception>
    public static TextEncoder Find(string name) =>
        _all.FirstOrDefault(encoder => encoder.Name == name) ?? throw new TextException(Unknown(name));

    /// <summary>What is wrong with a name, or null where there is such an encoder.</summary>
    internal static string? FaultOf(string name) => _all.Any(encoder => encoder.Name == name) ? null : Unknown(name);

    private static string Unknown(string name) =>
        $"no encoder of texts is called '{name}'; expected one of: {Names}; an encoder of another library is registered first";
}
