using System.Globalization;
using System.Text;
using Tandem.Data;

namespace Tandem.Chat.Prompts;

/// <summary>An item as a chat model reads it: its title, or its categories where it has none.</summary>
internal static class ItemTitle
{
    private static readonly Rune _nonJoiner = new(0x200C);
    private static readonly Rune _joiner = new(0x200D);

    /// <summary>A cleaned title; empty where the item has neither title nor category.</summary>
    /// <param name="item">Of the catalogue. Its key is told to nobody.</param>
    /// <param name="longest">Characters (Unicode scalar values) that are kept at most.</param>
    public static string Of(ItemDescription item, int longest) =>
        Clean(item.Title, longest) is { Length: > 0 } title ? title : Clean(string.Join(", ", item.Categories), longest);

    /// <summary>
    /// What can be seen of a text, on one line. Line ends and control characters become a space; characters that turn the direction of
    /// writing, hide text or belong to no alphabet are left out, but for the joiners that Persian and Indic scripts are written with.
    /// </summary>
    public static string Clean(string? text, int longest)
    {
        var (kept, length, isSpaced) = (new StringBuilder(), 0, false);
        foreach (var rune in (text ?? "").EnumerateRunes()) // half a pair of surrogates becomes U+FFFD
        {
            if (length == longest) break;
            if (IsSpace(rune))
            {
                isSpaced = length > 0;
                continue;
            }

            if (IsHidden(rune)) continue;
            if (isSpaced && ++length < longest) kept.Append(' ');
            isSpaced = false;
            if (length == longest) break;
            kept.Append(rune);
            length++;
        }

        return kept.ToString();
    }

    private static bool IsSpace(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.SpaceSeparator
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Format => rune != _nonJoiner && rune != _joiner,
        UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate => true,
        _ => false,
    };
}
