using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class RecBoleSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Columns_are_found_by_the_name_before_the_type()
    {
        _folder.Write("ml.inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n196\t\"7\t1.5\t8.81e8\n");
        var source = SourceLayout.Detect(_folder.Root)!;
        Assert.True(source.HasTimes);
        Assert.Equal([new("196", "242", 881_250_949, 3), new("196", "\"7", 881_000_000, 1.5f)], source.Read());
    }

    [Fact]
    public void Ratings_and_times_may_be_missing()
    {
        _folder.Write("a.inter", "item_id:token\tuser_id:token\n7\tu\n");
        var source = SourceLayout.Detect(_folder.Root)!;
        Assert.False(source.HasTimes);
        Assert.Equal([new("u", "7", 0, 1)], source.Read());
    }

    [Theory]
    [InlineData("item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n1\tToy Story\t1995\tAnimation Comedy\n", "Toy Story", "Animation,Comedy")]
    [InlineData("item_id:token\tcategories:token_seq\ttitle:token\n1\tA|B\t\n", null, "A/B")]
    [InlineData("item_id:token\tprice:float\n1\t3\n", null, "")]
    public void Items_take_the_title_and_the_categories_that_there_are(string text, string? title, string categories)
    {
        _folder.Write("a.inter", "user_id:token\titem_id:token\nu\t1\n");
        _folder.Write("a.item", text);
        var item = SourceLayout.Detect(_folder.Root)!.ReadItems()["1"];
        Assert.Equal((title, categories), (item.Title, string.Join(',', item.Categories)));
    }

    [Theory]
    [InlineData("user_id:token\trating:float\n", 1, "no column 'item_id' among 'user_id:token, rating:float'")]
    [InlineData("user_id:token\titem_id:token\trating:float\nu\t1\n", 2, "the line has 2 fields and the header 3")]
    [InlineData("user_id:token\titem_id:token\trating:float\nu\t1\tx\n", 2, "rating:float 'x' is not a number")]
    [InlineData("user_id:token\titem_id:token\n\t1\n", 2, "user_id:token is empty")]
    public void A_malformed_line_is_a_fault_with_its_place(string text, int line, string what)
    {
        _folder.Write("a.inter", text);
        var fault = Assert.Throws<SourceException>(() => SourceLayout.Detect(_folder.Root)!.Read().Count());
        Assert.StartsWith($"a.inter, line {line}: {what}; expected", fault.Message, StringComparison.Ordinal);
    }
}
