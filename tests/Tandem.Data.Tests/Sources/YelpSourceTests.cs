using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class YelpSourceTests : IDisposable
{
    private const string Review = """{"review_id":"r","user_id":"u1","business_id":"b1","stars":4.0,"useful":0,"text":"a {\"b\": 1}\n","date":"2018-07-07 22:09:11"}""";
    private const string Business =
        """{"business_id":"b1","name":"Café","address":"x","hours":{"Monday":"8:0-22:0"},"categories":"Coffee & Tea, Bars|Pubs"}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reviews_become_events_at_their_date_in_UTC()
    {
        _folder.Write("yelp_academic_dataset_review.json", Review + "\n");
        Assert.Equal([new("u1", "b1", 1_531_001_351, 4)], new YelpSource(_folder.Root).Read());
    }

    [Fact]
    public void Older_releases_have_days_alone()
    {
        _folder.Write(
            "yelp_academic_dataset_review.json", Review.Replace(" 22:09:11", "", StringComparison.Ordinal) + "\n" + Review + "\n");
        Assert.Equal([1_530_921_600, 1_531_001_351], new YelpSource(_folder.Root).Read().Select(e => e.Time));
    }

    [Fact]
    public void Businesses_have_names_and_categories_and_may_lack_both()
    {
        _folder.Write("yelp_academic_dataset_business.json", Business + "\n" + """{"business_id":"b2","name":null,"categories":null}""");
        var items = new YelpSource(_folder.Root).ReadItems();
        Assert.Equivalent(new ItemDescription("b1", "Café", ["Coffee & Tea", "Bars/Pubs"], null), items["b1"], strict: true);
        Assert.Equivalent(new ItemDescription("b2", null, [], null), items["b2"], strict: true);
    }

    [Theory]
    [InlineData("2018-07-07 22:09:11", "yesterday", "date is neither unix seconds nor 'yyyy-MM-dd HH:mm:ss' nor 'yyyy-MM-dd'")]
    [InlineData("\"stars\":4.0", "\"stars\":\"4\"", "stars is not a number")]
    [InlineData("\"stars\":4.0", "\"stars\":1e99", "stars is not a number")]
    [InlineData("\"user_id\":\"u1\",", "", "no user_id")]
    [InlineData("\"b1\"", "7", "business_id is not a text with something in it")]
    [InlineData("\"b1\"", "\"\"", "business_id is not a text with something in it")]
    [InlineData("\"useful\":0", "\"useful\":", "not JSON at byte 73")]
    [InlineData("11\"}", "11\"", "not JSON at byte 127")]
    [InlineData("11\"}", "11\"} {}", "not JSON at byte 129")]
    public void A_malformed_line_is_a_fault_with_its_place(string from, string to, string what)
    {
        _folder.Write("yelp_academic_dataset_review.json", Review + "\n" + Review.Replace(from, to, StringComparison.Ordinal) + "\n");
        var fault = Assert.Throws<SourceException>(() => new YelpSource(_folder.Root).Read().Count());
        Assert.StartsWith($"yelp_academic_dataset_review.json, line 2: {what}; expected", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("7")]
    public void A_line_that_is_no_object_is_a_fault(string line)
    {
        _folder.Write("yelp_academic_dataset_review.json", line + "\n");
        Assert.Contains(
            "the line is not a JSON object", Assert.Throws<SourceException>(() => new YelpSource(_folder.Root).Read().Count()).Message);
    }

    [Fact]
    public void A_business_described_twice_is_a_fault()
    {
        _folder.Write("yelp_academic_dataset_business.json", Business + "\n" + Business + "\n");
        Assert.Contains("line 2: business 'b1' already has a line",
            Assert.Throws<SourceException>(() => new YelpSource(_folder.Root).ReadItems()).Message);
    }
}
