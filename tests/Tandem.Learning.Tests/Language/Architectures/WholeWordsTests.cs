using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Items;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Architectures;

public class WholeWordsTests
{
    private const int End = 1, Open = 7;

    // Items 1 to 4; item 3's tokens begin with item 2's.
    private static readonly ItemTokens _items = ItemTokens.Of([[Open, 20], [Open, 21], [Open, 21, 22], [Open, 22, 22]], start: 0, end: End);

    [Fact]
    public void Tokens_of_the_nth_item_get_row_n_and_all_others_row_0()
    {
        long[] text = [9, Open, 21, 22, 8, Open, 21, 8, 22, Open, 9, Open, 20, Open, 22, 22, End];
        int[] rows = [0, 1, 1, 1, 0, 2, 2, 0, 0, 0, 0, 3, 3, 4, 4, 4, 0];
        Assert.Equal(rows, Numbered(text));
    }

    [Fact]
    public void An_item_that_is_cut_off_is_none()
    {
        Assert.Equal([0, 0], Numbered([Open, 22]));
        Assert.Equal([1, 1, 0, 0, 0], Numbered([Open, 21, 8, Open, 22]));
    }

    [Fact]
    public void Rows_of_a_batch_count_for_themselves_and_items_without_a_row_of_their_own_share_the_last()
    {
        var many = Enumerable.Repeat(new long[] { Open, 20 }, WholeWords.Rows + 5).SelectMany(item => item).ToArray();
        var numbered = Numbered([.. many, .. many]);
        Assert.Equal(numbered[..(many.Length / 2)].Take(4), [1, 1, 2, 2]);
        Assert.Equal(WholeWords.Rows - 1, numbered[^1]);
        using var scope = NewDisposeScope();
        using var both = tensor([Open, 20L, 9, Open, 21, 8], 2, 3);
        Assert.Equal([1, 1, 0, 1, 1, 0], Read(both));
    }

    private static int[] Numbered(long[] text)
    {
        using var scope = NewDisposeScope();
        return Read(tensor(text, 1, text.Length));
    }

    /// <summary>Row n of the table is n, so that what is added tells which.</summary>
    private static int[] Read(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var table = tensor([.. Enumerable.Range(0, WholeWords.Rows).Select(n => (float)n)], WholeWords.Rows, 1);
        return [.. Values.Of(new WholeWords(table, new ItemTrie(_items), End).Of(tokens)).Select(value => (int)value)];
    }
}
