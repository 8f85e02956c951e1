using Microsoft.ML.Tokenizers;

namespace Tandem.Encoders;

/// <summary>Texts as a BERT without case reads them: WordPiece of <see cref="BertWords"/> between <c>[CLS]</c> and <c>[SEP]</c>.</summary>
internal sealed class SentenceTokens
{
    private readonly BertTokenizer _tokenizer;
    private readonly int _most;

    /// <param name="words">The vocabulary, a line each.</param>
    /// <param name="most">Tokens of a text, the two at its ends included.</param>
    public SentenceTokens(Stream words, int most)
    {
        _tokenizer = BertTokenizer.Create(words, new BertOptions { ApplyBasicTokenization = false, SplitOnSpecialTokens = false });
        _most = most;
    }

    /// <summary>Ids, at least those of both ends. What is longer is cut off.</summary>
    public long[] Of(string text)
    {
        var ids = _tokenizer.EncodeToIds(BertWords.Split(text), _most, out _, out _);
        var tokens = new long[ids.Count];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = ids[i];
        return tokens;
    }
}
