using Tandem.Learning.Language.Tokenizers;

namespace Tandem.Encoders.Tests;

/// <summary>
/// Ids as the original implementation of BERT's tokenizer gives them with the published vocabulary of bert-base-uncased.
/// </summary>
public class SentenceTokensTests
{
    private const int Begin = 101, End = 102, Unknown = 100;

    private static readonly Lazy<string[]> _words = new(() =>
    {
        using var reader = new StreamReader(SentenceModel.MiniLm.OpenWords());
        return reader.ReadToEnd().TrimEnd('\n').Split('\n').Select(word => word.TrimEnd('\r')).ToArray();
    });

    [Theory]
    [InlineData("hello world", 7592, 2088)]
    [InlineData("Hello, World!", 7592, 1010, 2088, 999)]
    [InlineData("", new int[0])]
    public void Known_strings_have_their_published_ids(string text, params int[] expected) =>
        Assert.Equal([Begin, .. expected, End], Ids(text));

    [Theory]
    [InlineData("unaffable", "una ##ffa ##ble")]
    [InlineData("OPI Nail Lacquer, 0.5-Fluid Ounce", "op ##i nail lac ##que ##r , 0 . 5 - fluid ounce")]
    [InlineData("Café crème brûlée", "cafe cr ##eme br ##ule ##e")]
    [InlineData("a\tb\nc", "a b c")]
    [InlineData("★ SPF 50+ ½ ™ $5", "★ sp ##f 50 + ½ ™ $ 5")]
    [InlineData("[SEP] it's", "[ sep ] it ' s")]
    [InlineData("naïve Ōsaka Ñandú, Müller", "naive osaka nan ##du , muller")]
    [InlineData("한국", "ᄒ ##ᅡ ##ᆫ ##ᄀ ##ᅮ ##ᆨ")]
    [InlineData("a\vb \u0085c", "ab c")]
    [InlineData("ガーデン 大阪", "カ ##ー ##テ ##ン 大 [UNK]")]
    public void Words_are_split_into_the_longest_known_pieces(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ids(text)[1..^1].Select(id => _words.Value[id])));

    [Fact]
    public void A_models_words_come_without_the_marks_at_the_ends()
    {
        var words = SentenceModel.MiniLm.WordPieces(["hello world", "", "Hello"]);
        Assert.Equal([7592, 2088], words[0]);
        Assert.Empty(words[1]);
        Assert.Equal([7592], words[2]);
    }

    [Fact]
    public void A_word_that_no_pieces_make_is_unknown() => Assert.Equal([Begin, Unknown, End], Ids("\u16A0\u16A2\u16A6"));

    [Fact]
    public void A_long_text_is_cut_off_and_still_ends()
    {
        var ids = Ids(string.Join(' ', Enumerable.Repeat("hello", 400)));
        Assert.Equal((256, (long)Begin, (long)End), (ids.Length, ids[0], ids[^1]));
        Assert.All(ids[1..^1], id => Assert.Equal(7592, id));
    }

    private static long[] Ids(string text)
    {
        using var words = SentenceModel.MiniLm.OpenWords();
        return new WordPieceText(words, SentenceModel.MiniLm.MostTokens).Encode(text);
    }
}
