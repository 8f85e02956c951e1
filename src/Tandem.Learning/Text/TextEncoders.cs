namespace Tandem.Learning.Text;

/// <summary>
/// Every encoder of texts that recipes can name. TF-IDF is there from the start; a program registers others before it names them. What
/// holds a slash, such as <c>./minilm</c>, is no name but a folder, where the program has registered who opens folders. Safe for many
/// threads.
/// </summary>
public static class TextEncoders
{
    private static readonly Lock _lock = new();

    private static volatile TextEncoder[] _all = [TfIdfEncoder.Entry];
    private static volatile Func<string, TextEncoder>? _open;

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

    /// <summary>Lets recipes name folders. The same method again is no fault.</summary>
    /// <param name="open">
    /// From a folder's path to its encoder, whose name follows from the content of the folder and not from its place; throws
    /// <see cref="TextException"/> where it cannot be used.
    /// </param>
    /// <exception cref="ArgumentException">Another method opens folders.</exception>
    public static void RegisterFolders(Func<string, TextEncoder> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        lock (_lock)
        {
            if (_open is not null && _open != open)
                throw new ArgumentException("encoders in folders are opened by another method already", nameof(open));
            _open = open;
        }
    }

    /// <summary>The encoder of a name, or of a folder, which is opened.</summary>
    /// <param name="name">As in recipes.</param>
    /// <exception cref="TextException">
    /// There is none, and the message names those that are registered; or a folder cannot be used.
    /// </exception>
    public static TextEncoder Find(string name) =>
        IsFolder(name) && _open is { } open
            ? open(name)
            : _all.FirstOrDefault(encoder => encoder.Name == name) ?? throw new TextException(Unknown(name));

    /// <summary>
    /// What is wrong with a name, or null where there is such an encoder. A folder is not looked into: who only reads the settings of a
    /// finished run need not have it.
    /// </summary>
    internal static string? FaultOf(string name) =>
        (IsFolder(name) && _open is not null) || _all.Any(encoder => encoder.Name == name) ? null : Unknown(name);

    /// <summary>By its writing alone, so that a name means one thing wherever a program runs.</summary>
    internal static bool IsFolder(string name) => name.AsSpan().ContainsAny('/', '\\');

    private static string Unknown(string name) =>
        $"no encoder of texts is called '{name}'; expected one of: {Names}; an encoder of another library is registered first"
        + (_open is null ? "" : ", and the folder of one is written with a slash, such as ./minilm");
}
