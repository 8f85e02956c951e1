using CsCheck;
using Tandem.Learning.Language;

namespace Tandem.Learning.Tests.Language;

public class ItemTrieTests
{
    private static readonly ItemTrie _trie = ToyCatalog.Trie;

    // Distinct codes of three levels below 4, in any order: a shuffle of a part of all 64.
    private static readonly Gen<SemanticIds> _ids = Gen.Select(Gen.Int[1, 64], Gen.Int[0, 1000]).Select((items, seed) =>
    {
        var all = Enumerable.Range(0, 64).ToArray();
        new Random(seed).Shuffle(all);
        return SemanticIds.Create([.. all.Take(items).Select(i => new[] { i / 16, i / 4 % 4, i % 4 })]);
    });

    [Fact]
    public void Every_item_is_reached_by_its_codes_and_there_is_no_other_leaf()
    {
        _ids.Sample(ids =>
        {
            var trie = new ItemTrie(ids);
            var leaves = Leaves(trie, ItemTrie.Root, level: 0, []);
            Assert.Equal(ids.Items, leaves.Count);
            foreach (var (item, codes) in leaves) Assert.Equal(ids.Codes(item).ToArray(), codes);
            Assert.Equal(Enumerable.Range(1, ids.Items), leaves.Select(l => l.Item).Order());
        });
    }

    [Fact]
    public void Children_come_by_rising_code_and_counts_add_up()
    {
        _ids.Sample(ids =>
        {
            var trie = new ItemTrie(ids);
            Assert.Equal(ids.Items, trie.ItemsBelow(ItemTrie.Root));
            foreach (var node in Inner(trie))
            {
                var (start, end) = trie.Children(node);
                var children = Enumerable.Range(start, end - start).ToArray();
                Assert.Equal(children.Select(trie.Code).Distinct().Order(), children.Select(trie.Code));
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
                if (level < 3) node = Child(_trie, node, ToyCatalog.Ids.Codes(item)[level]);
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
    public void An_item_excluded_twice_counts_once() => Assert.Equal(_trie.CountExcluded([5, 9]), _trie.CountExcluded([5, 9, 5]));

    private static List<(int Item, int[] Codes)> Leaves(ItemTrie trie, int node, int level, int[] codes)
    {
        if (level == trie.Levels) return [(trie.Item(node), codes)];
        var (start, end) = trie.Children(node);
        return [.. Enumerable.Range(start, end - start).SelectMany(child => Leaves(trie, child, level + 1, [.. codes, trie.Code(child)]))];
    }

    private static IEnumerable<int> Inner(ItemTrie trie)
    {
        var level = new List<int> { ItemTrie.Root };
        for (var depth = 0; depth < trie.Levels; depth++)
        {
            var next = new List<int>();
            foreach (var node in level)
            {
                yield return node;
                var (start, end) = trie.Children(node);
                next.AddRange(Enumerable.Range(start, end - start));
            }

            level = next;
        }
    }

    private static int Child(ItemTrie trie, int node, int code)
    {
        var (start, end) = trie.Children(node);
        return Enumerable.Range(start, end - start).Single(child => trie.Code(child) == code);
    }
}
