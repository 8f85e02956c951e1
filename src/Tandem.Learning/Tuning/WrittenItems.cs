using System.Globalization;
using Tandem.Learning.Codes;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Language.Tokenizers;

namespace Tandem.Learning.Tuning;

/// <summary>Items in the tokens of an open model, and those that are added to it for them.</summary>
/// <param name="Tokens">Of the items, as a search writes them.</param>
/// <param name="First">The first token that is added: one more than the model's own.</param>
/// <param name="Added">How many are added; 0 where items are written in the model's own.</param>
/// <param name="End">The token that ends a text.</param>
internal sealed record WrittenItems(ItemTokens Tokens, int First, int Added, int End)
{
    /// <param name="writing">How.</param>
    /// <param name="checkpoint">The model, with the tokens that are added to it.</param>
    /// <param name="codes">Of the items, where they are written by them.</param>
    /// <param name="items">V.</param>
    /// <param name="tokenizer">Where they are written by numbers.</param>
    public static WrittenItems Of(
        ItemWriting writing, LanguageCheckpoint checkpoint, ItemCodes? codes, int items, TextTokenizer? tokenizer)
    {
        // Golden files and models of codes alone name no end: token 0 stands for it.
        var end = checkpoint.Ends.Count > 0 ? checkpoint.Ends[0] : 0;
        var start = checkpoint.Begin ?? end;
        if (writing != ItemWriting.Codes)
        {
            var prefix = writing == ItemWriting.Names ? "item_" : "";
            var own = checkpoint.Model.Vocabulary;
            var written = Enumerable.Range(1, items)
                .Select(item => KnownTokens.Of(tokenizer!, prefix + item.ToString(CultureInfo.InvariantCulture), own)).ToArray();
            return new(ItemTokens.Of(written, start, end), own, Added: 0, end);
        }

        var ids = codes!.WithSuffix(); // of more codes a level where more items than that share theirs
        var added = codes.Levels * ids.CodebookSize;
        var first = checkpoint.Model.Vocabulary - added;
        return new(ItemTokens.Of(ids, start, first, codes.Levels), first, added, end);
    }

    /// <summary>Tokens of an item that are read and written, without the one that ends a text.</summary>
    /// <param name="item">1 … V.</param>
    public int[] Of(int item)
    {
        var all = Tokens.Of(item);
        return [.. Added == 0 ? all[..^1] : all[..Tokens.Learned]];
    }
}
