using System.Globalization;
using System.Text;
using ADRaffy.ENSNormalize;

namespace Tandem.Learning.Language.Tokenizers;

/// <summary>
/// Words and punctuation as BERT takes them before WordPiece: controls left out, each mark of punctuation and each ideograph by itself,
/// and for models without case small letters without accents. Microsoft.ML.Tokenizers has this step too, but leaves symbols such as + and
/// ™ out, joins the words beside a tab, and takes off no accent where a program runs without the culture data of ICU.
/// </summary>
internal static class BertWords
{
    /// <summary>The words, with blanks between them.</summary>
    public static string Split(string text, WordPieceOptions options)
    {
        var withoutAccents = options.TakeOffAccents ?? options.LowerCase;
        var clean = Clean(text, options.SplitIdeographs);
        // By tables of a package, for .NET's need ICU.
        if (withoutAccents && !Ascii.IsValid(clean)) clean = ENSNormalize.NF.NFD(clean);
        var words = new StringBuilder(clean.Length + 16);
        foreach (var rune in clean.EnumerateRunes())
        {
            if (withoutAccents && Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark) continue;
            var letter = options.LowerCase ? Rune.ToLowerInvariant(rune) : rune;
            if (IsPunctuation(letter)) words.Append(' ').Append(letter).Append(' ');
            else words.Append(letter);
        }

        return words.ToString();
    }

    private static string Clean(string text, bool splitIdeographs)
    {
        var clean = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsLeftOut(rune)) continue;
            if (Rune.IsWhiteSpace(rune)) clean.Append(' ');
            else if (splitIdeographs && IsIdeograph(rune.Value)) clean.Append(' ').Append(rune).Append(' ');
            else clean.Append(rune);
        }

        return clean.ToString();
    }

    private static bool IsLeftOut(Rune rune) => rune.Value is not ('\t' or '\n' or '\r')
        && (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static bool IsPunctuation(Rune rune) => Rune.IsPunctuation(rune) || (rune.IsAscii && Rune.IsSymbol(rune));

    /// <summary>The blocks that the original implementation names.</summary>
    private static bool IsIdeograph(int c) => c is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0xF900 and <= 0xFAFF
        or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2CEAF or >= 0x2F800 and <= 0x2FA1F;
}
