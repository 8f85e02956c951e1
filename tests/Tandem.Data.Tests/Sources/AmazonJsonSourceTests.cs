using System.IO.Compression;
using System.Text;
using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class AmazonJsonSourceTests : IDisposable
{
    private const string Review = """{"reviewerID": "A1", "asin": "B0", "helpful": [1, 2], "reviewText": "fine", "overall": 5.0, "unixReviewTime": 1391040000, "reviewTime": "01 30, 2014"}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reviews_become_events_packed_or_not_with_any_line_end()
    {
        Pack("reviews_Beauty_5.json.gz", $"\uFEFF{Review}\r\n{Review.Replace("A1", "A2", StringComparison.Ordinal)}");
        Assert.Equal([new("A1", "B0", 1_391_040_000, 5), new("A2", "B0", 1_391_040_000, 5)], SourceLayout.Detect(_folder.Root)!.Read());
    }

    [Fact]
    public void A_line_longer_than_any_buffer_is_read()
    {
        var text = Review.Replace("fine", new string('x', 300_000), StringComparison.Ordinal);
        _folder.Write("reviews.json", $"{Review}\n{text}\n{Review}\n");
        Assert.Equal(3, Events().Count);
        Assert.Single(Events().Distinct());
    }

    [Fact]
    public void Items_of_2018_are_JSON_and_the_first_description_counts()
    {
        var items = ItemsOf(
            """{"category": ["Beauty", "Make|up, \"Lips\""], "title": "Lip \u2013 Balm", "asin": "B0", "rank": [">#1"]}""",
            """{"asin": "B0", "title": "other"}""",
            """{"asin": "B1", "title": [], "category": []}""");
        Assert.Equivalent(new ItemDescription("B0", "Lip – Balm", ["Beauty", "Make/up, \"Lips\""], null), items["B0"], strict: true);
        Assert.Equivalent(new ItemDescription("B1", null, [], null), items["B1"], strict: true);
    }

    [Fact]
    public void Items_of_2014_are_Python_literals()
    {
        var items = ItemsOf(
            """{'asin': 'B0', 'salesRank': {'Beauty': 6334800}, 'price': None, 'new': True, 'title': "The Crucible's \"End\"", 'categories': [['Beauty', 'Skin'], ['Beauty', "Men's"]]}""",
            """{'asin': u'B1', 'title': 'tab\t\\ it\'s "\x41\u00e9\U0001f600\q', 'categories': []}""");
        Assert.Equivalent(
            new ItemDescription("B0", "The Crucible's \"End\"", ["Beauty", "Skin", "Men's"], null), items["B0"], strict: true);
        Assert.Equivalent(new ItemDescription("B1", "tab\t\\ it's \"Aé😀\\q", [], null), items["B1"], strict: true);
    }

    [Theory]
    [InlineData("{'asin': 'B0', 'title': 'open}", "not JSON")]
    [InlineData("{'asin': 'B0', 'size': (1, 2)}", "not JSON")]
    [InlineData("{'title': 'x'}", "no asin")]
    [InlineData("""{"title": "x"}""", "no asin")]
    [InlineData("<html>", "not JSON at byte 1")]
    [InlineData("", "the line is empty")]
    public void A_malformed_item_is_a_fault_with_its_place(string line, string what)
    {
        var fault = Assert.Throws<SourceException>(() => ItemsOf("""{"asin": "B9"}""", line, """{"asin": "B8"}"""));
        Assert.StartsWith($"meta_Beauty.json, line 2: {what}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_a_fault()
    {
        File.WriteAllBytes(
            _folder["reviews.json"], [.. Encoding.UTF8.GetBytes("{\"asin\": \""), 0xC3, 0x28, .. Encoding.UTF8.GetBytes("\"}")]);
        Assert.Contains("reviews.json, line 1: a text is not UTF-8", Assert.Throws<SourceException>(Events).Message);
    }

    [Fact]
    public void A_packed_file_that_was_cut_off_is_a_fault()
    {
        Pack("reviews.json.gz", string.Concat(
            Enumerable.Range(0, 5000).Select(i => Review.Replace("fine", $"{i * 7919}", StringComparison.Ordinal) + "\n")));
        var bytes = File.ReadAllBytes(_folder["reviews.json.gz"]);
        File.WriteAllBytes(_folder["reviews.json.gz"], bytes[..(bytes.Length / 2)]);
        Assert.Contains("reviews.json.gz: the gzip file ends early", Assert.Throws<DatasetException>(Events).Message);
    }

    [Theory]
    [InlineData("\n", 10)]
    [InlineData("\n", 1)]
    [InlineData("\r\n", 70)]
    [InlineData("\r", 1)]
    public void A_file_that_ends_within_a_line_ends_early(string end, int missing)
    {
        _folder.Write("reviews.json", Review + end + Review[..^missing]);
        var fault = Assert.Throws<DatasetException>(Events).Message;
        Assert.Contains(
            "reviews.json: the file ends early, within line 2; expected a whole JSON object on every line; fetch it again", fault);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    [InlineData("\r\r\n")]
    [InlineData(" \t\r\n")]
    public void Lines_end_in_any_way(string end)
    {
        foreach (var last in (string[])["", end])
        {
            _folder.Write("reviews.json", Review + end + Review + last);
            Assert.Equal(2, Events().Count);
        }
        _folder.Write("reviews.json", string.Concat(Enumerable.Repeat(Review + end, 2000)));
        Assert.Equal(2000, Events().Count);
        _folder.Write("reviews.json", Review + "\n\n" + Review);
        Assert.StartsWith(
            "reviews.json, line 2: the line is empty", Assert.Throws<SourceException>(Events).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reviews.json", "meta_Beauty.json")]
    [InlineData("Beauty.jsonl", "meta_Beauty.jsonl")]
    [InlineData("Beauty.jsonl.gz", "meta_Beauty.jsonl.gz")]
    public void Reviews_of_2023_have_names_of_their_own_and_milliseconds(string reviews, string meta)
    {
        Pack(reviews, """
            {"rating": 4.0, "title": "Nice", "images": [], "asin": "B7", "parent_asin": "B1", "user_id": "A1", "timestamp": 1588687728923, "verified_purchase": true}
            {"user_id": "A2", "parent_asin": "B1", "rating": 1.0, "timestamp": 1588687728001}
            """);
        Pack(meta, """{"main_category": "All", "title": "Spray", "categories": ["Hair", "Care"], "parent_asin": "B1", "details": {"asin": "x"}}""");
        var source = SourceLayout.Detect(_folder.Root)!;
        Interaction[] events = [.. source.Read()];
        Assert.Equal([new("A1", "B1", 1_588_687_728, 4), new("A2", "B1", 1_588_687_728, 1)], events.Select(e => e with { Fraction = 0 }));
        Assert.True(events[0].Fraction > events[1].Fraction); // .923 and .001
        Assert.Equivalent(new ItemDescription("B1", "Spray", ["Hair", "Care"], null), source.ReadItems()["B1"], strict: true);
    }

    [Fact]
    public void Two_files_of_items_are_refused()
    {
        _folder.Write("reviews.json", Review);
        _folder.Write("meta_a.json", "");
        _folder.Write("meta_b.jsonl", "");
        Assert.Contains("meta_a.json, meta_b.jsonl could each be the file of items", Assert.Throws<DatasetException>(Events).Message);
    }

    private List<Interaction> Events() => [.. SourceLayout.Detect(_folder.Root)!.Read()];

    private IReadOnlyDictionary<string, ItemDescription> ItemsOf(params string[] lines)
    {
        _folder.Write("reviews.json", Review);
        _folder.Write("meta_Beauty.json", string.Join('\n', lines));
        return SourceLayout.Detect(_folder.Root)!.ReadItems();
    }

    private void Pack(string name, string text)
    {
        using Stream packed = name.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(File.Create(_folder[name]), CompressionMode.Compress)
            : File.Create(_folder[name]);
        packed.Write(Encoding.UTF8.GetBytes(text));
    }
}
