using Tandem.Data.Preparation;
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
        _folder.Write(
            "ml.inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n196\t\"7\t1.5\t8.81e8\n");
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
    [InlineData("item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n1\tToy Story\t1995\tAnimation Comedy\n",
        "Toy Story", "Animation,Comedy")]
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
    [InlineData("'A', 'B C'", "A;B C")]
    [InlineData("['Women's Shoes', \"Kids' Toys\", 'X']", "Women's Shoes;Kids' Toys;X")]
    [InlineData("'Arts, Crafts', 'B'", "Arts, Crafts;B")]
    [InlineData("Home Decor, Kitchen & Dining", "Home Decor;Kitchen & Dining")]
    [InlineData("Action Comedy Action", "Action;Comedy")]
    [InlineData("'A|B', ''", "A/B")]
    [InlineData("'open", "open")]
    [InlineData("[]", "")]
    public void Categories_are_quoted_names_or_names_with_commas_or_words(string field, string categories)
    {
        _folder.Write("a.inter", "user_id:token\titem_id:token\nu\t1\n");
        _folder.Write("a.item", $"item_id:token\tcategories:token_seq\n1\t{field}\n");
        Assert.Equal(categories, string.Join(';', SourceLayout.Detect(_folder.Root)!.ReadItems()["1"].Categories));
    }

    [Fact]
    public void A_row_with_label_0_is_no_event_and_is_counted()
    {
        _folder.Write("a.inter", "user_id:token\titem_id:token\tlabel:float\nu\t1\t1.0\nu\t2\t0.0\nu\t3\t0\nu\t4\t1\n");
        var source = SourceLayout.Detect(_folder.Root)!;
        Assert.Equal(["1", "4"], source.Read().Select(e => e.Item));
        Assert.Equal(source.Read(), source.Read());
        Assert.Equal(["a.inter: 2 rows have label 0: negative samples, and no events"], source.Notes.Lines);
        Assert.Empty(source.Notes.UnreadColumns);
    }

    [Fact]
    public void A_split_log_is_read_as_one_and_said_so()
    {
        foreach (var (part, item, time) in new[] { ("test", 3, 7), ("valid", 2, 9), ("train", 1, 8) })
            _folder.Write($"a.{part}.inter", $"user_id:token\titem_id:token\ttimestamp:float\tprice:float\nu\t{item}\t{time}\t1\n");
        var dataset = DatasetFolder.Open(_folder.Root, seed: 1);
        Assert.Equal(["3", "1", "2"], dataset.Sequence(0).ToArray().Select(id => dataset.Catalog[id].Key));
        Assert.Equal(["price"], dataset.Reading.UnreadColumns);
        Assert.Contains(dataset.Reading.Lines, line => line.StartsWith(
            "a.train.inter, a.valid.inter, a.test.inter are read as one log", StringComparison.Ordinal));
    }

    [Fact]
    public void A_split_log_without_times_keeps_the_order_of_its_parts()
    {
        foreach (var (part, item) in new[] { ("valid", 2), ("test", 3), ("train", 1) })
            _folder.Write($"a.{part}.inter", $"user_id:token\titem_id:token\nu\t{item}\n");
        Assert.Equal(["1", "2", "3"], SourceLayout.Detect(_folder.Root)!.Read().Select(e => e.Item));
        _folder.Write("b.train.inter", "user_id:token\titem_id:token\nu\t4\n");
        Assert.Null(SourceLayout.Detect(_folder.Root));
    }

    [Fact]
    public void Parts_of_a_split_log_have_the_same_columns()
    {
        _folder.Write("a.train.inter", "user_id:token\titem_id:token\nu\t1\n");
        _folder.Write("a.test.inter", "user_id:token\titem_id:token\ttimestamp:float\nu\t1\t2\n");
        var fault = Assert.Throws<SourceException>(() => SourceLayout.Detect(_folder.Root));
        Assert.Contains("as in a.train.inter; give the parts the same columns", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_columns_and_the_unit_of_times_may_be_told()
    {
        _folder.Write("a.inter", "session_id:token\titem_id:token\twhen:float\ns\t7\t2500\n");
        var source = SourceLayout.DetectTable(_folder.Root,
            new() { User = "session_id", Time = "when", TimeUnit = TimeUnit.Milliseconds })!;
        Assert.Equal([new("s", "7", 2, 1, 1u << 31)], source.Read());
    }

    [Fact]
    public void Columns_that_are_not_read_are_named_without_their_types()
    {
        _folder.Write("a.inter", "user_id:token\titem_id:token\tprice:float\nu\t1\t2\n");
        _folder.Write("a.item", "item_id:token\ttitle:token\tyear:float\n1\tA\t2000\n");
        var dataset = DatasetFolder.Open(_folder.Root, seed: 1);
        Assert.Equal(["price"], dataset.Reading.UnreadColumns);
        Assert.Contains("a.item: column not read: year", dataset.Reading.Lines);
    }

    [Theory]
    [InlineData("user_id:token\titem_id_list:token_seq\titem_id:token\nu\t1 2\t3\n", 1, "'item_id_list:token_seq' holds histories")]
    [InlineData("user_id:token,item_id:token\nu,1\n", 1, "the header is one column, 'user_id:token,item_id:token'")]
    [InlineData("user_id:token\trating:float\n", 1, "no column of items among 'user_id, rating'")]
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
