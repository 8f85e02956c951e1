using System.Text;
using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class MovieLens1mSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MovieLens1mSourceTests()
    {
        _folder.Write("ratings.dat", "1::1193::5::978300760\n");
        File.WriteAllText(_folder["movies.dat"], "1193::Café: the Movie (1995)::Drama|Comedy\n2::::\n", Encoding.Latin1);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ratings_become_events_with_times()
    {
        var source = new MovieLens1mSource(_folder.Root);
        Assert.Equal([new("1", "1193", 978_300_760, 5)], source.Read());
        Assert.True(source.HasTimes);
    }

    [Fact]
    public void Titles_are_Latin_1_and_may_hold_a_single_colon()
    {
        var items = new MovieLens1mSource(_folder.Root).ReadItems();
        Assert.Equivalent(new ItemDescription("1193", "Café: the Movie (1995)", ["Drama", "Comedy"], null), items["1193"], strict: true);
        Assert.Equivalent(new ItemDescription("2", null, [], null), items["2"], strict: true);
    }

    [Theory]
    [InlineData("ratings.dat", "1::2::5\n", 1, "the line has 3 fields")]
    [InlineData("ratings.dat", "1::2::5::9\n1::2::five::9\n", 2, "rating 'five' is not a number")]
    [InlineData("ratings.dat", "1::x::5::9\n", 1, "movie 'x' is not a whole number")]
    [InlineData("ratings.dat", "1::2::5::9.5\n", 1, "time '9.5' is not a whole number")]
    [InlineData("movies.dat", "1::a::b\n1::c::d\n", 2, "movie '1' already has a line")]
    [InlineData("movies.dat", "1::a\n", 1, "the line has 2 fields")]
    public void A_malformed_line_is_a_fault_with_its_place(string file, string text, int line, string what)
    {
        _folder.Write(file, text);
        var source = new MovieLens1mSource(_folder.Root);
        var fault = Assert.Throws<SourceException>(() => (source.Read().Count(), source.ReadItems()));
        Assert.StartsWith($"{file}, line {line}: {what}; expected", fault.Message, StringComparison.Ordinal);
    }
}
