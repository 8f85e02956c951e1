using Microsoft.ML.Tokenizers;

namespace Tandem.Learning.Language.Tokenizers;

/// <summary>
/// Texts as a BERT reads them: WordPiece between <c>[CLS]</c> and <c>[SEP]</c>, by ML.NET's tokenizer after words that are split as the
/// original implementation splits them. Any number of threads may use it.
/// </summary>
public sealed class WordPieceText
{
    private readonly BertTokenizer _tokenizer;
    private readonly WordPieceOptions _options;
    private readonly int _most;

    /// <param name="words">The vocabulary, a line each, with <c>[UNK]</c>, <c>[CLS]</c>, <c>[SEP]</c>, <c>[PAD]</c>, <c>[MASK]</c>.</param>
    /// <param name="most">Tokens of a text, the two at its ends included; what is longer is cut off. 2 or more.</param>
    /// <param name="options">Case, accents and ideographs; null for a model without case.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks one of those words, or has a word twice.</exception>
    public WordPieceText(Stream words, int most, WordPieceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 2);
        (_options, _most) = (options ?? new(), most);
        _tokenizer = Create(words);
    }

    /// <summary>Ids, at least those of both ends.</summary>
    public long[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = _tokenizer.EncodeToIds(BertWords.Split(text, _options), _most, out _, out _);
        var tokens = new long[ids.Count];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = ids[i];
        return tokens;
    }

    private static BertTokenizer Create(Stream words)
    {
        try
        {
            return BertTokenizer.Create(words, new BertOptions
            {
                ApplyBasicTokenization = false,
                LowerCaseBeforeTokenization = false,
                SplitOnSpecialTokens = false,
            });
        }
        catch (KeyNotFoundException e)
        {
            throw new ArgumentException($"a word is missing that every text needs: {e.Message}", nameof(words), e);
        }
    }
}
