namespace Tandem.Learning.Language.Tokenizers;

/// <summary>
/// Text as a language model's tokens, and back. Adds no tokens at the beginning or end. Any number of threads may use it.
/// </summary>
public sealed class TextTokenizer
{
    private readonly Func<string, IReadOnlyList<int>> _encode;
    private readonly Func<IEnumerable<int>, string> _decode;

    internal TextTokenizer(string kind, Func<string, IReadOnlyList<int>> encode, Func<IEnumerable<int>, string> decode) =>
        (Kind, _encode, _decode) = (kind, encode, decode);

    /// <summary>Such as <c>SentencePiece</c>.</summary>
    public string Kind { get; }

    /// <summary>[N] tokens of a text; added tokens such as <c>&lt;|endoftext|&gt;</c> are known within it.</summary>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? [] : _encode(text);
    }

    /// <summary>The text of tokens; unknown numbers are left out.</summary>
    public string Decode(IEnumerable<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return _decode(tokens);
    }
}
