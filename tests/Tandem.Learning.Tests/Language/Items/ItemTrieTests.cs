using CsCheck;
using Tandem.Learning.Language.Items;

namespace Tandem.Learning.Tests.Language.Items;

public class ItemTrieTests
{
    private static readonly ItemTrie _trie = ToyCatalog.Trie;

    // Distinct codes of three levels below 4, in any order: a shuffle of a part of all 64.
    private static readonly Gen<ItemTokens> _codes = Gen.Select(Gen.Int[1, 64], Gen.Int[0, 1000]).Select((items, seed) =>
    {
        var all = Enumerable.Range(0, 64).ToArray();
        new Random(seed).Shuffle(all);
        return ItemTokens.Of(SemanticIds.Create([.. all.Take(items).Select(i => new[] { i / 16, i / 4 % 4, i % 4 })]));
    });

    // Distinct sequences of one to five tokens below 4, some of which begin with others, each closed by token 4.
    private static readonly Gen<ItemTokens> _titles = Gen.Int[0, 3].Array[1, 5].Array[1, 40].Select(
        drawn => ItemTokens.Of([.. drawn.DistinctBy(title => string.Join(' ', title))], start: 5, end: 4));

    private static readonly Gen<ItemTokens> _items = Gen.OneOf(_codes, _titles);

    [Fact]
    public void Every_item_is_reached_by_its_tokens_and_there_is_no_other_leaf()
    {
        _items.Sample(items =>
        {
            var trie = new ItemTrie(items);
            var leaves = Leaves(trie, ItemTrie.Root, []);
            Assert.Equal(items.Items, leaves.Count);
            foreach (var (item, tokens) in leaves) Assert.Equal(items.Of(item).ToArray(), tokens);
            Assert.Equal(Enumerable.Range(1, items.Items), leaves.Select(l => l.Item).Order());
        });
    }

    [Fact]
    public void Children_come_by_rising_token_and_counts_add_up()
    {
        _items.Sample(items =>
        {
            var trie = new ItemTrie(items);
            Assert.Equal(items.Items, trie.ItemsBelow(ItemTrie.Root));
            foreach (var node in Inner(trie, ItemTrie.Root))
            {
                var children = Children(trie, node).ToArray();
                Assert.Equal(children.Select(trie.Token).Distinct().Order(), children.Select(trie.Token));
                Assert.Equal(trie.ItemsBelow(node), children.Sum(trie.ItemsBelow));
            }
        });
    }

    [Fact]
    public void The_prefix_of_an_item_is_the_node_on_its_way_at_that_level()
    {
        for (var item = 1; item <= ToyCatalog.Items; item++)
        {
            var node = ItemTrie.Root;
            for (var level = 0; level <= 3; level++)
            {
                Assert.Equal(node, _trie.Prefix(item, level));
                if (level < 3) node = Child(_trie, node, ToyCatalog.Tokens.Of(item)[level]);
            }

            Assert.Equal(item, _trie.Item(node));
        }
    }

    [Fact]
    public void Excluded_items_are_counted_on_every_node_of_their_way()
    {
        Gen.Int[1, ToyCatalog.Items].HashSet[0, 40].Sample(excluded =>
        {
            var counts = _trie.CountExcluded(excluded);
            for (var level = 0; level <= 3; level++)
            {
                var expected = excluded.GroupBy(item => _trie.Prefix(item, level));
                foreach (var group in expected) Assert.Equal(group.Count(), counts[group.Key]);
            }

            var ways = excluded.SelectMany(item => Enumerable.Range(0, 4).Select(level => _trie.Prefix(item, level)));
            Assert.Equal(ways.Distinct().Count(), counts.Count);
        });
    }

    [Fact]
    public void An_item_whose_tokens_another_begins_with_is_refused_unless_an_end_tells_them_apart()
    {
        int[][] titles = [[7, 8, 9], [7], [7, 8], [8]];
        var e = Assert.Throws<ArgumentException>(() => new ItemTrie(ItemTokens.Of(titles, start: 0)));
        Assert.Contains("item 3 begin with all those of item 2", e.Message, StringComparison.Ordinal);
        var trie = new ItemTrie(ItemTokens.Of(titles, start: 0, end: 1));
        Assert.Equal([[7, 1], [7, 8, 1], [7, 8, 9, 1], [8, 1]], Leaves(trie, ItemTrie.Root, []).Select(l => l.Tokens));
        Assert.Throws<ArgumentException>(() => new ItemTrie(ItemTokens.Of([[1, 2], [1, 2]], start: 0, end: 3)));
    }

    [Fact]
    public void An_item_excluded_twice_counts_once() => Assert.Equal(_trie.CountExcluded([5, 9]), _trie.CountExcluded([5, 9, 5]));

    private static List<(int Item, int[] Tokens)> Leaves(ItemTrie trie, int node, int[] tokens) => trie.Item(node) != 0
        ? [(trie.Item(node), tokens)]
        : [.. Children(trie, node).SelectMany(child => Leaves(trie, child, [.. tokens, trie.Token(child)]))];

    private static IEnumerable<int> Inner(ItemTrie trie, int node) =>
        trie.Item(node) != 0 ? [] : Children(trie, node).SelectMany(child => Inner(trie, child)).Prepend(node);

    private static IEnumerable<int> Children(ItemTrie trie, int node)
    {
        var (start, end) = trie.Children(node);
        return Enumerable.Range(start, end - start);
    }

    private static int Child(ItemTrie trie, int node, int token) => Children(trie, node).Single(child => trie.Token(child) == token);
}
