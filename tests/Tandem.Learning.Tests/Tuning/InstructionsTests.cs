using Tandem.Data;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Tuning;

namespace Tandem.Learning.Tests.Tuning;

public class InstructionsTests
{
    private const int Items = 30, First = TinyModels.Words, End = 1;
    private static readonly int[] _history = [3, 17, 8];

    private static readonly WrittenItems _items = new(
        ItemTokens.Of(SemanticIds.Create([.. Enumerable.Range(0, Items).Select(i => new[] { i / 6, i % 6 })]), start: 0, first: First),
        First, Added: 12, End);

    [Fact]
    public void A_history_and_its_next_item_are_told_in_items_alone()
    {
        var own = Told(withTokenizer: false).Of(InstructionKind.History, _history, 5, hasEncoder: true, Random());
        Assert.Equal([.. _history.SelectMany(_items.Of), End], own.Read);
        Assert.Equal(_items.Of(5), own.Written);
        Assert.Equal(5, own.Item);
        Assert.Equal([0, .. _history.SelectMany(_items.Of)], Told(withTokenizer: false).Plain(_history, hasEncoder: false));
    }

    [Fact]
    public void A_choice_names_the_right_item_among_others_that_are_not_of_the_history()
    {
        for (var round = 0; round < 50; round++)
        {
            var choice = Told().Of(InstructionKind.Choice, _history, 5, hasEncoder: true, Random(round));
            Assert.Equal(5, choice.Item);
            var named = ItemsIn(choice.Read).ToArray();
            Assert.Equal(_history, named[..3]);
            Assert.Contains(5, named[3..]);
            Assert.Equal(20, named[3..].Distinct().Count());
            Assert.Empty(named[3..].Intersect(_history));
        }
    }

    [Fact]
    public void Yes_and_no_come_as_often_and_tell_the_truth()
    {
        var (yes, no) = (TinyModels.Tokenizer.Encode("yes")[0], TinyModels.Tokenizer.Encode("no")[0]);
        var answers = Enumerable.Range(0, 300).Select(round =>
        {
            var asked = Told().Of(InstructionKind.YesNo, _history, 5, hasEncoder: false, Random(round));
            Assert.Equal(0, asked.Item);
            Assert.Equal(End, asked.Written[^1]);
            Assert.Equal(ItemsIn(asked.Read).Last() == 5 ? yes : no, asked.Written[0]);
            return asked.Written[0];
        }).ToArray();
        Assert.InRange(answers.Count(answer => answer == yes), 110, 190);
    }

    [Fact]
    public void Titles_are_told_both_ways_and_never_become_codes()
    {
        var kinds = new HashSet<bool>();
        for (var round = 0; round < 20; round++)
        {
            var title = Told().Title(7, Random(round))!;
            kinds.Add(title.Item == 7);
            // The title says the names of codes, but its tokens are those of words.
            if (title.Item == 7) Assert.DoesNotContain(title.Read, token => token >= First);
            else Assert.Equal(_items.Of(7), title.Read.Where(token => token >= First));
        }

        Assert.Equal(2, kinds.Count);
        Assert.Null(Told().Title(8, Random()));
        Assert.InRange(Told().Title(9, Random())!.Read.Length + Told().Title(9, Random())!.Written.Length, 64, 80);
    }

    [Fact]
    public void A_batch_holds_answers_of_one_kind_within_its_budget_and_every_instruction_once()
    {
        var drawn = Enumerable.Range(0, 200)
            .Select(i => Told().Of(
                i % 2 == 0 ? InstructionKind.Sequential : InstructionKind.YesNo, _history[..(1 + i % 3)], 1 + i % Items, false, Random(i)))
            .ToArray();
        var batches = TuningBatch.Of(drawn, tokenBudget: 300, Random()).ToArray();
        Assert.Equal(drawn.Length, batches.SelectMany(batch => batch.Instructions!).Distinct().Count());
        foreach (var batch in batches)
        {
            Assert.Single(batch.Instructions!.Select(one => one.Item > 0).Distinct());
            var longest = batch.Instructions!.Max(one => one.Read.Length + one.Written.Length);
            Assert.True(batch.Instructions!.Count == 1 || longest * batch.Instructions.Count <= 300);
            Assert.Equal(batch.Instructions!.Sum(one => one.Item > 0 ? 1 : one.Written.Length), batch.Tokens);
        }
    }

    private static IEnumerable<int> ItemsIn(int[] tokens)
    {
        for (var i = 0; i + 1 < tokens.Length; i++)
        {
            if (tokens[i] >= First && tokens[i] < First + 6)
                yield return Enumerable.Range(1, Items).Single(item => _items.Of(item).AsSpan().SequenceEqual(tokens.AsSpan(i, 2)));
        }
    }

    private static Instructions Told(bool withTokenizer = true) => new(
        _items, withTokenizer ? TinyModels.Tokenizer : null,
        [null, .. Enumerable.Range(1, Items).Select(i => i switch
        {
            8 => null,
            9 => string.Join(' ', Enumerable.Repeat("long", 10_000)),
            _ => $"<code_{i}> no {i}",
        })]);

    private static Random Random(int round = 1) => NamedSeed.Create(round, "test");
}
