using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Tandem.Learning.Language.Tokenizers;

/// <summary>
/// SentencePiece by the tokenizer of ML.NET, where that differs from its own library made equal to it: models without a token for the
/// beginning, runs of unknown characters, characters that the normaliser drops, and texts with unknown parts that are written.
/// </summary>
internal sealed class SentencePieceText
{
    private const char Blank = '\u2581';
    private static readonly byte[] _firstToken = [0x12, 3, 0xC8, 0x02, 0]; // trainer_spec { bos_id: 0 }, merged into the model's own

    private readonly SentencePieceFile _file;
    private readonly SentencePieceTokenizer _tokenizer;
    private readonly int _unknown;
    private readonly bool _dropsControls;

    public SentencePieceText(byte[] bytes)
    {
        _file = SentencePieceFile.Parse(bytes);
        // A model without a token for the beginning has number −1 for it, by which the tokenizer indexes its pieces. It never writes it.
        if (_file.FirstToken < 0) bytes = [.. bytes, .. _firstToken];
        using var stream = new MemoryStream(bytes);
        _tokenizer = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false);
        _unknown = _file.Vocabulary.FindIndex(piece => piece.Type == SentencePieceFile.Unknown);
        _dropsControls = _file.NormalizerName.StartsWith("nmt", StringComparison.Ordinal);
    }

    public IReadOnlyList<int> Encode(string text)
    {
        var found = _tokenizer.EncodeToIds(_dropsControls ? WithoutControls(text) : text);
        var tokens = new List<int>(found.Count);
        foreach (var token in found)
            if (token != _unknown || tokens.Count == 0 || tokens[^1] != _unknown) tokens.Add(token);
        return tokens;
    }

    public string Decode(IEnumerable<int> tokens)
    {
        var (text, bytes) = (new StringBuilder(), new List<byte>());
        foreach (var token in tokens)
        {
            if (token < 0 || token >= _file.Vocabulary.Count) continue;
            var (piece, type) = _file.Vocabulary[token];
            if (type == SentencePieceFile.Byte)
            {
                bytes.Add(byte.Parse(piece.AsSpan(3, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)); // <0x0A>
                continue;
            }

            Flush(text, bytes);
            if (type == SentencePieceFile.Unknown) text.Append(_file.UnknownText);
            else if (type != SentencePieceFile.Control) AppendPiece(text, piece);
        }

        Flush(text, bytes);
        return text.ToString();
    }

    /// <summary>The blank before a text is none of it.</summary>
    private void AppendPiece(StringBuilder text, string piece) => text.Append(
        _file.HasBlankBefore && text.Length == 0 && piece.StartsWith(Blank) ? piece[1..].Replace(Blank, ' ') : piece.Replace(Blank, ' '));

    private static void Flush(StringBuilder text, List<byte> bytes)
    {
        text.Append(Encoding.UTF8.GetString([.. bytes]));
        bytes.Clear();
    }

    /// <summary>What SentencePiece's nmt_nfkc drops: controls but for tabulator and ends of lines.</summary>
    private static string WithoutControls(string text) => string.Concat(text.Where(c =>
        c is not ((>= '\u0001' and <= '\u0008') or '\u000B' or (>= '\u000E' and <= '\u001F') or '\u007F' or '\u008F' or '\u009F')));
}
