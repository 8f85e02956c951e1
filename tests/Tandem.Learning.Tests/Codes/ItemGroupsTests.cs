using Tandem.Data;
using Tandem.Learning.Codes;

namespace Tandem.Learning.Tests.Codes;

public class ItemGroupsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(37)]
    [InlineData(1000)]
    public void Every_group_has_as_many_items_as_are_asked_for(int least)
    {
        var random = NamedSeed.Create(1, "codes");
        // Some codes are common, most are rare.
        var codes = new ItemCodes(3, 64, [.. Enumerable.Range(0, 3 * 1000).Select(_ => (ushort)(random.Next(64) * random.Next(64) / 64))]);
        var groups = ItemGroups.Of(codes, least);
        Assert.Equal(1000, groups.Length);
        var sizes = groups.CountBy(group => group).ToDictionary();
        Assert.All(sizes.Values, size => Assert.True(size >= least, $"{size} items of at least {least}"));
        Assert.Equal(Enumerable.Range(0, sizes.Count).Select(group => (ushort)group), sizes.Keys.Order());
    }

    [Fact]
    public void Groups_are_prefixes_of_codes_where_they_are_large_enough()
    {
        // Two items of each second code under the first code 0; the first code 1 has too few to be split, 2 to stand alone.
        ushort[] codes = [0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 2, 2, 0];
        var groups = ItemGroups.Of(new(2, 3, codes), least: 2);
        Assert.Equal(groups[0], groups[1]);
        Assert.Equal(groups[2], groups[3]);
        Assert.NotEqual(groups[0], groups[2]);
        Assert.Single(groups[4..].Distinct()); // the lone item of code 2 joins the smallest part
        Assert.Equal(3, groups.Distinct().Count());
    }

    [Fact]
    public void What_cannot_be_grouped_is_refused()
    {
        var codes = new ItemCodes(1, 2, [0, 1]);
        Assert.Throws<ArgumentException>(() => ItemGroups.Of(codes, 3));
        Assert.Throws<ArgumentException>(() => ItemGroups.Of(codes, 0));
    }
}
