using Tandem.Learning.Language.Items;

namespace Tandem.Learning.Tests.Language.Items;

public class ItemTokensTests
{
    private static readonly SemanticIds _ids = SemanticIds.Create([[0, 2, 1], [2, 0, 0]]);

    [Fact]
    public void Codes_of_different_levels_have_tokens_of_their_own_which_fill_the_vocabulary()
    {
        var tokens = ItemTokens.Of(_ids);
        Assert.Equal([1, 6, 8], tokens.Of(1).ToArray());
        Assert.Equal([3, 4, 7], tokens.Of(2).ToArray());
        Assert.Equal((0, 10, 3, true), (tokens.Start, tokens.Vocabulary, tokens.Steps, tokens.HaveOneLength));
        Assert.Equal([new(1, 3), new(4, 3), new(7, 3)], Enumerable.Range(0, 3).Select(tokens.Range));
    }

    [Fact]
    public void Codes_may_lie_behind_the_tokens_of_a_text()
    {
        var tokens = ItemTokens.Of(_ids, start: 2, first: 1000);
        Assert.Equal([1000, 1005, 1007], tokens.Of(1).ToArray());
        Assert.Equal((2, 1009), (tokens.Start, tokens.Vocabulary));
        Assert.Equal([2, 1002, 1003, 1006, 1000, 1005, 1007], tokens.Prompt([2, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ItemTokens.Of(_ids, start: 1003, first: 1000));
    }

    [Fact]
    public void Sequences_of_any_lengths_tell_which_tokens_each_step_has()
    {
        var tokens = ItemTokens.Of([[7, 9], [5], [8, 20, 3]], start: 40, end: 2);
        Assert.Equal([7, 9, 2], tokens.Of(1).ToArray());
        Assert.Equal([5, 2], tokens.Of(2).ToArray());
        Assert.Equal([8, 20, 3, 2], tokens.Of(3).ToArray());
        Assert.Equal((3, 4, 41, false), (tokens.Items, tokens.Steps, tokens.Vocabulary, tokens.HaveOneLength));
        Assert.Equal([new(5, 4), new(2, 19), new(2, 2), new(2, 1)], Enumerable.Range(0, 4).Select(tokens.Range));
        Assert.Equal([40, 5, 2, 7, 9, 2], tokens.Prompt([2, 1]));
    }

    [Fact]
    public void What_cannot_be_written_is_named()
    {
        Assert.Contains("no items", Refusal([]), StringComparison.Ordinal);
        Assert.Contains("item 2 has no tokens", Refusal([[1], []]), StringComparison.Ordinal);
        Assert.Contains("token -1", Refusal([[1], [2, -1]]), StringComparison.Ordinal);

        static string Refusal(int[][] sequences) => Assert.Throws<ArgumentException>(() => ItemTokens.Of(sequences, start: 0)).Message;
    }
}
