using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class MovieLensCsvSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MovieLensCsvSourceTests()
    {
        _folder.Write("ratings.csv", "userId,movieId,rating,timestamp\n1,296,4.5,1147880044\n");
        _folder.Write(
            "movies.csv", "movieId,title,genres\n296,\"Film, \"\"The\"\" (1994)\",Crime|Drama\n3,Café (2000),(no genres listed)\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ratings_become_events_with_times() =>
        Assert.Equal([new("1", "296", 1_147_880_044, 4.5f)], new MovieLensCsvSource(_folder.Root).Read());

    [Fact]
    public void Titles_may_hold_commas_and_quotes_and_a_movie_may_have_no_genre()
    {
        var items = new MovieLensCsvSource(_folder.Root).ReadItems();
        Assert.Equivalent(new ItemDescription("296", "Film, \"The\" (1994)", ["Crime", "Drama"], null), items["296"], strict: true);
        Assert.Equivalent(new ItemDescription("3", "Café (2000)", [], null), items["3"], strict: true);
    }

    [Theory]
    [InlineData("ratings.csv", "userId,movieId,rating\n1,2,3\n", 1, "no column 'timestamp' among 'userId, movieId, rating'")]
    [InlineData("ratings.csv", "", 1, "there is no header")]
    [InlineData("ratings.csv", "userId,movieId,rating,timestamp\n1,2,4,5\n1,2,4\n", 3, "the line has 3 fields and the header 4")]
    [InlineData("ratings.csv", "userId,movieId,rating,timestamp\n1,2,4,5\n\n", 3, "the line has 1 field and the header 4")]
    [InlineData("ratings.csv", "userId,movieId,rating,timestamp\n1,,4,5\n", 2, "movieId is empty")]
    [InlineData("ratings.csv", "userId,movieId,rating,timestamp\n1,2,good,5\n", 2, "rating 'good' is not a number")]
    [InlineData("ratings.csv", "userId,movieId,rating,timestamp\n1,2,NaN,5\n", 2, "rating 'NaN' is not a number")]
    [InlineData("ratings.csv", "userId,movieId,rating,timestamp\n1,2,3,noon\n", 2, "timestamp 'noon' is no time")]
    [InlineData("movies.csv", "movieId,title,genres\n1,\"a\nb\",c\n1,d,e\n", 4, "movie '1' already has a line")]
    public void A_malformed_line_is_a_fault_with_its_place(string file, string text, int line, string what)
    {
        _folder.Write(file, text);
        var source = new MovieLensCsvSource(_folder.Root);
        var fault = Assert.Throws<SourceException>(() => (source.Read().Count(), source.ReadItems()));
        Assert.StartsWith($"{file}, line {line}: {what}; expected", fault.Message, StringComparison.Ordinal);
    }
}
