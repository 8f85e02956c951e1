using System.Text;
using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class MovieLens100kSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MovieLens100kSourceTests()
    {
        _folder.Write("u.data", "1\t2\t4\t880000000\n");
        _folder.Write("u.genre", "Action|0\nDrama|1\n\n");
        _folder.Write("u.item", "2|Title (1995)|01-Jan-1995||http://x|0|1\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ratings_become_events_with_times()
    {
        var source = new MovieLens100kSource(_folder.Root);
        Assert.Equal([new("1", "2", 880_000_000, 4)], source.Read());
        Assert.True(source.HasTimes);
    }

    [Fact]
    public void Titles_are_Latin_1_and_flags_name_genres()
    {
        File.WriteAllText(Path.Combine(_folder.Root, "u.item"), "2|Café|||x|1|1\n3||||x|0|0\n", Encoding.Latin1);
        var items = new MovieLens100kSource(_folder.Root).ReadItems();
        Assert.Equivalent(new ItemDescription("2", "Café", ["Action", "Drama"], null), items["2"], strict: true);
        Assert.Equivalent(new ItemDescription("3", null, [], null), items["3"], strict: true);
    }

    [Theory]
    [InlineData("u.data", "1\t2\t4\n", 1, "the line has 3 fields")]
    [InlineData("u.data", "1\t2\t4\t5\n1\t2\tgood\t5\n", 2, "rating 'good' is not a number")]
    [InlineData("u.data", "1\t2\t4\tnoon\n", 1, "time 'noon' is not a whole number")]
    [InlineData("u.item", "2|Title|||x|0\n", 1, "the line has 6 fields")]
    [InlineData("u.item", "2|Title|||x|0|2\n", 1, "flag '2' is neither 0 nor 1")]
    [InlineData("u.item", "2|a|||x|0|1\n2|b|||x|0|1\n", 2, "item '2' already has a line")]
    [InlineData("u.genre", "Action|0\nDrama|2\n", 2, "'Drama|2' is not genre 1")]
    public void A_malformed_line_is_a_fault_with_its_place(string file, string text, int line, string what)
    {
        _folder.Write(file, text);
        var source = new MovieLens100kSource(_folder.Root);
        var fault = Assert.Throws<SourceException>(() => (source.Read().Count(), source.ReadItems()));
        Assert.StartsWith($"{file}, line {line}: {what}; expected", fault.Message, StringComparison.Ordinal);
    }
}
