using System.Globalization;
using System.Text;

namespace Tandem.Encoders;

/// <summary>
/// Words and punctuation as a BERT without case takes them before WordPiece: small letters without accents, each mark of punctuation and
/// each ideograph by itself, control characters left out. Microsoft.ML.Tokenizers has this step too, but leaves symbols such as + and ™
/// out, joins the words beside a tab, and takes off no accent where a program runs without the culture data of ICU.
/// </summary>
internal static class BertWords
{
    /// <summary>The words, with blanks between them.</summary>
    public static string Split(string text)
    {
        var words = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes()) Add(words, rune);
        return words.ToString();
    }

    private static void Add(StringBuilder words, Rune rune)
    {
        if (Rune.IsWhiteSpace(rune)) words.Append(' ');
        else if (IsLeftOut(rune)) return;
        else if (IsWord(rune)) words.Append(' ').Append(rune).Append(' ');
        else words.Append(Accents.TakeOff(Rune.ToLowerInvariant(rune)));
    }

    private static bool IsLeftOut(Rune rune) => rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.NonSpacingMark;

    private static bool IsWord(Rune rune) => Rune.IsPunctuation(rune) || (rune.IsAscii && Rune.IsSymbol(rune)) || IsIdeograph(rune.Value);

    /// <summary>The blocks that the original implementation names.</summary>
    private static bool IsIdeograph(int c) => c is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0xF900 and <= 0xFAFF
        or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2CEAF or >= 0x2F800 and <= 0x2FA1F;
}
