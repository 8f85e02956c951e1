namespace Tandem.Data.Tests;

public class CatalogTests
{
    [Fact]
    public void Ids_run_from_one_and_zero_means_absent()
    {
        var catalog = new Catalog([Item("a"), Item("b")]);
        Assert.Equal(2, catalog.Count);
        Assert.Equal("a", catalog[1].Key);
        Assert.Equal(2, catalog.FindId("b"));
        Assert.Equal(0, catalog.FindId("c"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(2)]
    public void An_id_outside_the_catalog_is_refused(int id) =>
        Assert.Contains("1 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => new Catalog([Item("a")])[id]).Message);

    [Fact]
    public void A_key_that_occurs_twice_is_refused() =>
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => new Catalog([Item("a"), Item("a")])).Message);

    [Fact]
    public void Semantic_ids_count_only_when_every_item_has_as_many()
    {
        Assert.True(new Catalog([Item("a", 1, 2), Item("b", 1, 3)]).HasSemanticIds);
        Assert.False(new Catalog([Item("a", 1, 2), Item("b", 1)]).HasSemanticIds);
        Assert.False(new Catalog([Item("a", 1, 2), new("b", null, [], null)]).HasSemanticIds);
        Assert.False(new Catalog([]).HasSemanticIds);
    }

    [Fact]
    public void The_version_names_keys_and_their_order()
    {
        Assert.Equal(16, Version("a", "b").Length);
        Assert.Equal(Version("a", "b"), Version("a", "b"));
        Assert.NotEqual(Version("a", "b"), Version("b", "a"));
        Assert.NotEqual(Version("ab", "c"), Version("a", "bc"));
    }

    private static string Version(params IEnumerable<string> keys) => new Catalog(keys.Select(key => Item(key))).Version;

    private static ItemDescription Item(string key, params int[] codes) => new(key, null, [], codes);
}
