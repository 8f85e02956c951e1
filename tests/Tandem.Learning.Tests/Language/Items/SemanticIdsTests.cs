using CsCheck;
using Tandem.Data.Preparation;
using Tandem.Data.Sources;
using Tandem.Learning.Language.Items;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Language.Items;

public class SemanticIdsTests
{
    // At most six items under a prefix of six codes, so that there is always a free one.
    private static readonly Gen<int[][]> _codes =
        Gen.Int[0, 2].Select(Gen.Int[0, 1], Gen.Int[0, 5], (a, b, c) => new[] { a, b, c }).Array[1, 5]
            .Select(codes => codes.Append([2, 1, 5]).ToArray());

    [Fact]
    public void Codes_become_distinct_and_keep_their_prefix()
    {
        _codes.Sample(codes =>
        {
            var ids = SemanticIds.Create(codes);
            Assert.Equal(codes.Length, Enumerable.Range(1, codes.Length).Select(i => Text(ids, i)).Distinct().Count());
            for (var item = 1; item <= codes.Length; item++) Assert.Equal(codes[item - 1][..2], ids.Codes(item)[..2].ToArray());
        });
    }

    [Fact]
    public void Exactly_the_items_whose_codes_an_earlier_item_has_are_moved()
    {
        _codes.Sample(codes =>
        {
            var ids = SemanticIds.Create(codes);
            AssertOnlyCollidingMoved(ids, codes);
        });
    }

    [Fact]
    public void A_moved_item_takes_no_place_that_another_item_holds()
    {
        var ids = SemanticIds.Create([[0, 1], [0, 1], [0, 0], [0, 3]]);
        Assert.Equal(["0 1", "0 2", "0 0", "0 3"], Enumerable.Range(1, 4).Select(i => Text(ids, i)));
        Assert.Equal(1, ids.Moved);
    }

    [Fact]
    public void A_moved_item_gets_the_nearest_free_code_the_lower_of_two()
    {
        var ids = SemanticIds.Create([[0, 5], [0, 5], [0, 5], [0, 5], [1, 9]]);
        Assert.Equal(["0 5", "0 4", "0 6", "0 3"], Enumerable.Range(1, 4).Select(i => Text(ids, i)));
    }

    [Fact]
    public void Moved_items_may_take_codes_that_no_item_was_given()
    {
        var ids = SemanticIds.Create([[0, 0], [0, 0], [0, 0]], codebookSize: 4);
        Assert.Equal(["0 0", "0 1", "0 2"], Enumerable.Range(1, 3).Select(i => Text(ids, i)));
        Assert.Equal(4, ids.CodebookSize);
    }

    [Fact]
    public void A_full_prefix_is_an_error_that_names_the_item()
    {
        var e = Assert.Throws<ArgumentException>(() => SemanticIds.Create([[0, 0], [0, 1], [1, 1], [0, 0]]));
        Assert.Contains("item 4: all 2 last codes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_of_unequal_length_and_no_items_are_errors()
    {
        Assert.Contains("item 2 has 1 codes", Refusal([[0, 0], [1]]), StringComparison.Ordinal);
        Assert.Contains("item 2 has 0 codes", Refusal([[0, 0], []]), StringComparison.Ordinal);
        Assert.Contains("no items", Refusal([]), StringComparison.Ordinal);
        Assert.Contains("no codes", Refusal([[], []]), StringComparison.Ordinal);

        static string Refusal(int[][] codes) => Assert.Throws<ArgumentException>(() => SemanticIds.Create(codes)).Message;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void On_Beauty_exactly_the_13_colliding_items_are_moved_whatever_the_numbering(int seed)
    {
        var catalog = DatasetPreparation.Prepare(new SequenceTextSource(SharedFolder.Require("data/beauty")), seed).Catalog;
        var codes = Enumerable.Range(1, catalog.Count).Select(i => catalog[i].SemanticIds!.ToArray()).ToArray();
        var ids = SemanticIds.FromCatalog(catalog);
        Assert.Equal(13, ids.Moved);
        AssertOnlyCollidingMoved(ids, codes);
        Assert.Equal((12_101, 4, 256), (ids.Items, ids.Levels, ids.CodebookSize));
    }

    private static void AssertOnlyCollidingMoved(SemanticIds ids, int[][] codes)
    {
        var (seen, moved) = (new HashSet<string>(), 0);
        for (var item = 1; item <= codes.Length; item++)
        {
            var given = string.Join(' ', codes[item - 1]);
            if (seen.Add(given)) Assert.Equal(given, Text(ids, item));
            else Assert.NotEqual(given, Text(ids, item));
            if (given != Text(ids, item)) moved++;
        }

        Assert.Equal(moved, ids.Moved);
    }

    private static string Text(SemanticIds ids, int item) => string.Join(' ', ids.Codes(item).ToArray());
}
